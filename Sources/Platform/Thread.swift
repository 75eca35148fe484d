// Plain POSIX threads: start, join, name, yield, and the number of processors.
import CLinux
import Glibc

package enum Thread {
    /// A started thread, to be joined once.
    package struct Handle: @unchecked Sendable {
        let identifier: pthread_t
    }

    private final class Start {
        let name: String
        let body: () -> Void
        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a thread with a name of at most 15 bytes (as `top -H` shows it) and 1 MiB of stack or more.
    package static func start(
        name: String, stackBytes: Int = 2 << 20, _ body: @escaping () -> Void
    ) throws(SystemError) -> Handle {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var identifier = pthread_t()
        let result = unsafe pthread_create(
            &identifier, &attributes,
            { raw in
                let start = unsafe Unmanaged<Start>.fromOpaque(raw!).takeRetainedValue()
                unsafe pthread_setname_np(pthread_self(), start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard result == 0 else {
            unsafe start.release()
            throw SystemError(number: result)
        }
        return Handle(identifier: identifier)
    }

    package static func join(_ handle: Handle) { _ = pthread_join(handle.identifier, nil) }

    /// Lets another thread run.
    package static func yield() { _ = sched_yield() }

    /// Tells the processor that this thread spins.
    @inlinable
    package static func spinHint() { linux_spin_hint() }

    /// The processors that this process may run on (`taskset` and cgroup masks respected).
    package static func processorCount() -> Int {
        var set = cpu_set_t()
        guard unsafe sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else {
            return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        }
        let bits = unsafe withUnsafeBytes(of: &set) { unsafe $0.reduce(0) { $0 + $1.nonzeroBitCount } }
        return max(1, bits)
    }
}
