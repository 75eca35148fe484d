// What the system says of this process and of the machine.
import CLinux
import Glibc

package struct ProcessStatistics {
    /// Seconds of processor time.
    package private(set) var userSeconds = 0.0
    package private(set) var systemSeconds = 0.0
    package private(set) var childrenUserSeconds = 0.0
    package private(set) var childrenSystemSeconds = 0.0
    /// Bytes of physical memory.
    package private(set) var residentBytes = 0
    package private(set) var machineBytes = 0

    package static func current() -> ProcessStatistics {
        var statistics = ProcessStatistics()
        var usage = rusage()
        if unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            statistics.userSeconds = seconds(usage.ru_utime)
            statistics.systemSeconds = seconds(usage.ru_stime)
        }
        if unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage) == 0 {
            statistics.childrenUserSeconds = seconds(usage.ru_utime)
            statistics.childrenSystemSeconds = seconds(usage.ru_stime)
        }
        let pageBytes = sysconf(Int32(_SC_PAGESIZE))
        statistics.machineBytes = sysconf(Int32(_SC_PHYS_PAGES)) * pageBytes
        if let text = try? File.read("/proc/self/statm") {
            let words = text.split(separator: 0x20)
            if words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) {
                statistics.residentBytes = pages * pageBytes
            }
        }
        return statistics
    }

    /// Nanoseconds of processor time that the threads of a process have had, and its bytes of physical memory; nil if
    /// there is no such process or the system does not tell.
    package static func ofProcess(_ identifier: Int) -> (processorNanoseconds: Int, residentBytes: Int)? {
        var nanoseconds = 0
        for path in File.matching("/proc/\(identifier)/task/*/schedstat") {
            // A thread may be gone by now.
            guard let word = words(path).first else { continue }
            nanoseconds += word
        }
        let memory = words("/proc/\(identifier)/statm")
        guard memory.count > 1 else { return nil }
        return (nanoseconds, memory[1] * sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The numbers in a file.
    private static func words(_ path: String) -> [Int] {
        guard let text = try? File.read(path) else { return [] }
        return text.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A })
            .compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    }

    /// "Linux 6.1.0 x86_64".
    package static var operatingSystem: String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "Linux" }
        let system = unsafe withUnsafeBytes(of: &name.sysname) { unsafe text($0) }
        let release = unsafe withUnsafeBytes(of: &name.release) { unsafe text($0) }
        let machine = unsafe withUnsafeBytes(of: &name.machine) { unsafe text($0) }
        return "\(system) \(release) \(machine)"
    }

    /// The path of the running executable.
    package static var executable: String { File.realPath("/proc/self/exe") ?? "" }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
