// This process: leaving it, and what the system says of it.
import Glibc

package enum Process {
    package static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

    package static var identifier: Int { Int(getpid()) }
}
