// libFuzzer around one function; built only with NEEDLETAIL_FUZZ=1.
import FuzzTargets

/// libFuzzer's own main function, under the name it is exported for programs that have one already.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@main
struct Entry {
    static func main() {
        unsafe CommandLine.unsafeArgv.withMemoryRebound(
            to: UnsafeMutablePointer<CChar>?.self, capacity: Int(CommandLine.argc)
        ) { arguments in
            var count = CommandLine.argc
            var pointer = unsafe arguments
            _ = unsafe runDriver(&count, &pointer) { bytes, length in
                unsafe RequestParserFuzz.run(UnsafeRawBufferPointer(start: bytes, count: length))
                return 0
            }
        }
    }
}
