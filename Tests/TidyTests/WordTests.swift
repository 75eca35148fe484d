// Words that must not stand in the code, and comments that must.
import Foundation
import Testing

@Suite struct WordTests {
    @Test(arguments: SourceTree.all)
    func filesOpenWithAComment(file: SourceFile) {
        #expect(file.text.hasPrefix("// "), "\(file.path) does not open with a comment that says what it is")
    }

    @Test(arguments: SourceTree.all)
    func nothingIsLeftOpen(file: SourceFile) {
        // Spelled in two halves, as this file is read too.
        for word in ["TO" + "DO", "FIX" + "ME", "XX" + "X"] {
            #expect(!file.text.contains(word), "\(file.path) has a \(word)")
        }
        let unfinished = "fatal" + #"Error\("(?:un|not )implemented"#
        #expect(!matches(unfinished, in: file.text), "\(file.path) is not implemented")
    }

    @Test(arguments: SourceTree.sources)
    func nothingIsPublic(file: SourceFile) {
        #expect(!matches(#"(?m)^\s*(?:@\w+\s+)*(?:public|open)\s"#, in: file.code), "\(file.path) is public somewhere")
    }

    @Test(arguments: SourceTree.sources)
    func nothingIsAsynchronous(file: SourceFile) {
        #expect(!matches(#"\b(?:async|await)\b"#, in: file.code), "\(file.path) has async or await")
    }

    /// Rooms and types are named for what they are.
    @Test(arguments: SourceTree.all)
    func namesSayWhatThingsAre(file: SourceFile) {
        let empty = ["Util", "Utils", "Utilities", "Common", "Helper", "Helpers", "Core", "Manager", "Misc"]
        for component in file.path.replacing(".swift", with: "").split(separator: "/") {
            #expect(!empty.contains(String(component)), "\(file.path) is called \(component)")
        }
        let pattern = #"\b(?:struct|class|enum|protocol|actor|typealias)\s+\w*(?:Utils?|Utilities|Helpers?|Manager)\b"#
        #expect(!matches(pattern, in: file.code), "\(file.path) names a type for nothing")
    }

    /// Names are words.
    @Test(arguments: SourceTree.all)
    func namesAreNotAbbreviated(file: SourceFile) {
        let short = "buf|ptr|idx|len|cmd|arg|args|argc|argv|tmp|cnt|msg|cfg|ctx|conn|srv|str"
        let pattern = #"(?m)\b(?:let|var|func)\s+(?:\#(short))\b|[(,]\s*(?:_\s+)?(?:\#(short))\s*:"#
        let code = file.code
        var position = code.startIndex
        while let found = code.range(of: pattern, options: .regularExpression, range: position..<code.endIndex) {
            let line = code[..<found.lowerBound].filter { $0 == "\n" }.count + 1
            Issue.record("\(file.path):\(line) abbreviates: \(code[found])")
            position = found.upperBound
        }
    }

    /// The tree can be cloned anywhere.
    @Test(arguments: ["Sources", "Tests", "Benchmarks/Benchmarks", "tools", "docs", "results"])
    func noPathOfAMachineIsNamed(folder: String) {
        let home = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
        for path in SourceTree.paths(under: folder) {
            guard let text = SourceTree.text(of: path) else { continue }
            for place in home { #expect(!text.contains(place), "\(path) names \(place)") }
        }
    }

    private func matches(_ pattern: String, in text: String) -> Bool {
        text.range(of: pattern, options: .regularExpression) != nil
    }
}
