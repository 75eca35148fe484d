// Times on the wall, and what the environment says.
import Testing

@testable import Platform

@Test func localTimesKeepTheirMilliseconds() {
    let time = LocalTime(milliseconds: 1_795_222_195_110)
    #expect(time.year == 2026 && time.month == 11 && time.millisecond == 110)
}

@Test func theEnvironmentIsRead() {
    #expect(Process.environment("PATH")?.isEmpty == false)
    #expect(Process.environment("NEEDLETAIL_NO_SUCH_NAME") == nil)
}

@Test func withoutAServiceManagerNobodyIsTold() {
    if Process.environment("NOTIFY_SOCKET") == nil { #expect(!Process.notifyServiceManager("READY=1")) }
}
