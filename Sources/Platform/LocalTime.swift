// A moment on the wall clock of this machine's time zone.
import Glibc

package struct LocalTime: Equatable {
    package let year: Int
    /// 1...12
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let millisecond: Int

    /// - Parameter milliseconds: since the Unix epoch.
    package init(milliseconds: Int64) {
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        year = unsafe Int(parts.tm_year) + 1900
        month = unsafe Int(parts.tm_mon) + 1
        day = unsafe Int(parts.tm_mday)
        hour = unsafe Int(parts.tm_hour)
        minute = unsafe Int(parts.tm_min)
        second = unsafe Int(parts.tm_sec)
        millisecond = Int(milliseconds % 1000)
    }
}
