// How the page looks.

enum PageStyle {
    static let sheet = """
        :root{color-scheme:light}
        body{margin:0;background:#f8fafc;color:#1f2937;font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",\
        sans-serif}
        main{max-width:1180px;margin:0 auto;padding:32px 24px 48px}
        h1{font-size:26px;margin:0;letter-spacing:-.01em}
        h2{font-size:20px;margin:0 0 2px}
        h3{font-size:14px;margin:22px 0 6px;color:#374151}
        .facts{color:#6b7280;margin:0 0 10px}
        pre{background:#eef2f7;border-radius:8px;padding:10px 14px;margin:0;white-space:pre-wrap;\
        overflow-wrap:anywhere;font-size:13px}
        section{background:#fff;border:1px solid #e5e7eb;border-radius:12px;padding:20px 24px;margin-top:20px}
        .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:10px;margin:14px 0 18px}
        .figures div{background:#f8fafc;border:1px solid #eef2f7;border-radius:8px;padding:8px 12px}
        dt{color:#6b7280;font-size:12px}
        dd{margin:0;font-size:19px;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:24px 32px}
        figure{margin:0}
        figure svg{display:block;width:100%;height:auto}
        figure.long{grid-column:1/-1}
        figure.wide{max-width:760px;margin:12px 0}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
        th,td{text-align:right;padding:5px 10px;border-bottom:1px solid #eef2f7;white-space:nowrap}
        th{color:#6b7280;font-weight:500;border-bottom-color:#d1d5db}
        th:first-child,td:first-child{text-align:left;padding-left:0}
        a{color:#2563eb;text-decoration:none}
        .failure{background:#fef2f2;border:1px solid #fecaca;color:#991b1b;border-radius:8px;\
        padding:8px 12px;margin:8px 0}
        .answer{font-size:17px;font-weight:600;margin:6px 0}
        footer{color:#6b7280;font-size:13px;margin-top:24px}
        @media print{body{background:#fff}section{break-inside:avoid}}
        """
}
