// Running scripts without a server.
import Bytes
import RESP
import Testing

@testable import Scripting

@Suite struct ScriptMachineTests {
    @Test func aValueIsReplied() throws {
        let machine = ScriptMachine()
        #expect(run(machine, "return 1 + 1.5") == ":2\r\n")
        #expect(run(machine, "return {1, 'x', {ok = 'fine'}, nil, 5}") == "*3\r\n:1\r\n$1\r\nx\r\n+fine\r\n")
    }
}

func run(_ machine: ScriptMachine, _ text: String) -> String {
    let buffer = UnsafeMutablePointer<ReplyBuffer>.allocate(capacity: 1)
    unsafe buffer.initialize(to: ReplyBuffer())
    defer { unsafe buffer.pointee.deallocate(); unsafe buffer.deallocate() }
    var list = ArgumentList()
    list.append(ByteView("x"))
    defer { list.deallocate() }
    let none = list.window(from: 0, count: 0)
    let host = unsafe ScriptHost(
        owner: UnsafeMutableRawPointer(buffer),
        call: { _, _, reply, _ in
            let reply = unsafe reply.assumingMemoryBound(to: ReplyBuffer.self)
            unsafe ReplyWriter(reply, protocolVersion: 2).ok()
        },
        check: { _, _ in 1 }, log: { _, _, _ in }, mustEnd: { _ in 0 })
    let writer = unsafe ReplyWriter(buffer, protocolVersion: 2)
    ByteView.withView(text) { view in
        do throws(ScriptFailure) {
            let script = try machine.compile(view)
            machine.run(script, name: ByteView("name"), keys: none, arguments: none, host: host, reply: writer)
            machine.forget(script)
        } catch {
            ByteView.withView(error.message) { writer.error($0) }
        }
    }
    return unsafe buffer.pointee.bytes.view.string
}
