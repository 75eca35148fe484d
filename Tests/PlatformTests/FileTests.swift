// Reading and replacing whole files.
import Platform
import Testing

@Test func filesAreReplacedWhole() throws {
    let path = "/tmp/needletail-file-test-\(UInt64.random(in: 0...UInt64.max))"
    defer { File.remove(path) }
    #expect(throws: SystemError.noSuchFile) { try File.read(path) }
    try File.replace(path, with: Array("one".utf8))
    #expect(try File.read(path) == Array("one".utf8))
    let large = [UInt8](repeating: 7, count: 300_000)
    try File.replace(path, with: large)
    #expect(try File.read(path) == large)
    #expect(File.matching(path + "*") == [path])
    #expect(File.matching(path + "-nothing*").isEmpty)
    #expect(File.isDirectory("/tmp") && !File.isDirectory(path))
    #expect(throws: SystemError.self) { try File.replace("/nonexistent/file", with: []) }
}
