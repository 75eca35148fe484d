// Active defragmentation: when it runs, and how much of the processor it gets.
import Commands
import Keyspace
import Platform
import Reactor

/// A slice of a shard's defragmentation.
private let sliceNanoseconds: Int64 = 250_000

/// The directives `activedefrag` and `active-defrag-…`.
struct DefragmentationSettings: Sendable, Equatable {
    var isOn = false
    /// Nothing is done below this waste.
    var ignoredBytes = 100 << 20
    /// Percentages of waste: where it begins, and where it gets all it may.
    var lowerPercent = 10
    var upperPercent = 100
    /// Percentages of the processor.
    var minimumEffort = 1
    var maximumEffort = 25

    /// The percentage of the processor that so much waste is worth; 0: none.
    func effort(_ survey: SlabSurvey) -> Int {
        let percent = survey.wastedPercent
        guard isOn, survey.wastedBytes >= ignoredBytes, percent >= lowerPercent else { return 0 }
        let range = max(1, upperPercent - lowerPercent)
        let share = Double(min(percent, upperPercent) - lowerPercent) / Double(range)
        return minimumEffort + Int(Double(max(0, maximumEffort - minimumEffort)) * share)
    }
}

/// One worker's part in it: it looks after its home shards.
struct Defragmenting {
    /// The percentage of the processor that it gets at present; 0: it does not run.
    var effort = 0
    var mover = BlockMover()
    /// When it goes on, or looks whether it should run, in milliseconds since the epoch.
    var nextTime: Int64 = 0
    /// When slabs are looked at again while it runs.
    var nextSurvey: Int64 = 0
    /// Nothing has changed of late: no timer is needed.
    var isAsleep = false
    var allocatedBytes = 0
    /// The next home shard of this pass, and how many blocks had been moved and looked at when the pass began.
    var shard = -1
    var movedBefore = 0
    var keptBefore = 0
    /// Seconds until the next try after a pass that found nothing to move.
    var restSeconds: Int64 = 10
}

extension UnsafeMutablePointer where Pointee == WorkerState {
    /// Looks once a second whether slabs are sparse, and moves blocks in slices while they are. Returns how long to
    /// sleep at most, -1: for ever.
    func defragment() -> Int32 {
        let now = unsafe self.pointee.now
        if unsafe now < self.pointee.defragmenting.nextTime {
            if unsafe self.pointee.defragmenting.isAsleep && !self.pointee.hot.defragmentation.isOn { return -1 }
            unsafe self.pointee.defragmenting.isAsleep = false
            return unsafe Int32(clamping: self.pointee.defragmenting.nextTime - now)
        }
        guard unsafe self.pointee.hot.defragmentation.isOn else {
            unsafe endDefragmentation(until: now + 1000)
            unsafe self.pointee.defragmenting.isAsleep = true
            return -1
        }
        if unsafe self.pointee.defragmenting.effort == 0 || now >= self.pointee.defragmenting.nextSurvey {
            unsafe surveySlabs(now)
        }
        if unsafe self.pointee.defragmenting.effort > 0 { unsafe defragmentSlice(now) }
        if unsafe self.pointee.defragmenting.isAsleep { return -1 }
        return unsafe Int32(clamping: Swift.max(1, self.pointee.defragmenting.nextTime - now))
    }

    private func surveySlabs(_ now: Int64) {
        let survey = unsafe self.pointee.defragmenting.mover.update()
        let effort = unsafe self.pointee.hot.defragmentation.effort(survey)
        let change = unsafe abs(survey.allocatedBytes - self.pointee.defragmenting.allocatedBytes)
        unsafe self.pointee.defragmenting.allocatedBytes = survey.allocatedBytes
        if effort == 0 {
            unsafe endDefragmentation(until: now + 1000)
            unsafe self.pointee.defragmenting.isAsleep = change < 1 << 20
            return
        }
        unsafe self.pointee.defragmenting.nextSurvey = now + 250
        if unsafe self.pointee.defragmenting.effort == 0 {
            unsafe self.pointee.statistics.pointee.defragmentationStart.set(Int(now))
            unsafe beginPass()
        }
        // Once it runs it does not become slower: what is left is more and more scattered.
        let kept = unsafe self.pointee.defragmenting.effort
        unsafe self.pointee.defragmenting.effort = Swift.max(kept, effort)
        unsafe self.pointee.statistics.pointee.defragmentationEffort.set(Swift.max(kept, effort))
    }

    private func beginPass() {
        unsafe self.pointee.defragmenting.shard = unsafe self.pointee.index
        unsafe self.pointee.defragmenting.movedBefore = unsafe self.pointee.defragmenting.mover.movedCount
        unsafe self.pointee.defragmenting.keptBefore = unsafe self.pointee.defragmenting.mover.keptCount
    }

    private func endDefragmentation(until time: Int64) {
        unsafe self.pointee.defragmenting.nextTime = time
        if unsafe self.pointee.defragmenting.effort == 0 { return }
        unsafe self.pointee.defragmenting.effort = 0
        unsafe self.pointee.statistics.pointee.defragmentationEffort.set(0)
    }

    private func defragmentSlice(_ now: Int64) {
        let shardCount = unsafe self.pointee.map.shardCount
        let workerCount = unsafe self.pointee.server._withUnsafeGuaranteedRef { $0.workerCount }
        let moved = unsafe self.pointee.defragmenting.mover.movedCount
        let kept = unsafe self.pointee.defragmenting.mover.keptCount
        let start = Clock.monotonicNanoseconds()
        let isOver = { Clock.monotonicNanoseconds() - start > sliceNanoseconds }
        while unsafe self.pointee.defragmenting.shard < shardCount && !isOver() {
            let shard = unsafe self.pointee.shards[self.pointee.defragmenting.shard]
            var isMore = true
            _ = unsafe self.pointee.kernel.withShardIfFree(self.pointee.defragmenting.shard) {
                unsafe isMore = shard.pointee.defragment(&self.pointee.defragmenting.mover, isOver: isOver)
            }
            // A shard that somebody else is running will do the next time.
            if isMore { break }
            unsafe self.pointee.defragmenting.shard += workerCount
        }
        let nanoseconds = Int(Clock.monotonicNanoseconds() - start)
        unsafe self.pointee.statistics.pointee.defragmentationNanoseconds.add(nanoseconds)
        unsafe self.pointee.statistics.pointee.movedBlocks.add(self.pointee.defragmenting.mover.movedCount - moved)
        unsafe self.pointee.statistics.pointee.keptBlocks.add(self.pointee.defragmenting.mover.keptCount - kept)
        let percent = unsafe Int64(self.pointee.defragmenting.effort)
        let interval = Swift.max(1, sliceNanoseconds * 100 / percent / 1_000_000)
        unsafe self.pointee.defragmenting.nextTime = now + interval
        if unsafe self.pointee.defragmenting.shard >= shardCount { unsafe endPass(now) }
    }

    /// All home shards have been walked through: again if that has moved much, else after a rest.
    private func endPass(_ now: Int64) {
        let state = unsafe self.pointee.defragmenting
        let moved = state.mover.movedCount - state.movedBefore
        let kept = state.mover.keptCount - state.keptBefore
        unsafe self.pointee.defragmenting.nextSurvey = 0
        unsafe beginPass()
        if moved * 50 >= moved + kept && moved > 0 {
            unsafe self.pointee.defragmenting.restSeconds = 10
            return
        }
        unsafe endDefragmentation(until: now + state.restSeconds * 1000)
        unsafe self.pointee.defragmenting.restSeconds = Swift.min(state.restSeconds * 2, 600)
    }
}
