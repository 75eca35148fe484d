// A search for the highest rate: one run after the other, and in the end a report of the one that counts.
import LoadGenerator

extension Session {
    /// The last run, at the rate that was found, is the test's result.
    mutating func search(_ workload: Workload, _ workloadOptions: WorkloadOptions, _ options: LoadOptions) throws -> End
    {
        guard let bound = try command.search.bound else { return .done }
        var search = RateSearch(name: workload.name, bound: bound, start: options.rate ?? 10_000)
        var step = options
        step.requests = nil
        step.seconds = options.seconds ?? 2
        step.warmUpSeconds = options.warmUpSeconds > 0 ? options.warmUpSeconds : 0.3
        if isTable { write(Report.head(search)) }
        var found: LoadResult?
        var end = End.done
        while end == .done, let rate = search.nextRate {
            step.rate = rate
            guard let (result, state) = try perform(workload, workloadOptions, step) else { return .failed }
            end = state
            if end == .done || result.failure != nil {
                search.record(result, threads: step.threads, seconds: (step.seconds ?? 0) + step.warmUpSeconds)
                if isTable, let last = search.steps.last { write(Report.table(last)) }
            }
            if end != .done || search.answer != nil { found = result }
        }
        searches.append(search)
        if isTable { write(Report.answer(search) + "\n" + Report.tableHead) }
        if let found { report(found) }
        return end
    }
}
