// The name of a script: the SHA-1 of its text.
import Bytes
import CCrypto

package enum ScriptDigest {
    /// 40 hexadecimal digits in lower case. FIPS 180-4; libcrypto does the work.
    package static func hex(_ text: ByteView) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        _ = unsafe SHA1(text.base.assumingMemoryBound(to: UInt8.self), text.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
