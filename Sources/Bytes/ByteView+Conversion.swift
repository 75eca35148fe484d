// Byte views from and to the standard library's types, for paths that are not hot.
import Platform

extension ByteView {
    /// The bytes as a new array.
    package var bytes: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: count))
    }

    /// The bytes read as UTF-8, what is not UTF-8 replaced.
    package var string: String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
    }

    /// Calls `body` with a view of `array`, valid during the call only.
    @inlinable
    package static func withView<Result, Failure: Error>(
        _ array: [UInt8], _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome = unsafe array.withUnsafeBytes { bytes -> Swift.Result<Result, Failure> in
            do throws(Failure) {
                guard let base = bytes.baseAddress else { return .success(try body(.empty)) }
                return unsafe .success(try body(ByteView(base: base, count: bytes.count)))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Calls `body` with a view of the UTF-8 text of `string`, valid during the call only.
    @inlinable
    package static func withView<Result, Failure: Error>(
        _ string: String, _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withView([UInt8](string.utf8), body)
    }
}
