// XXH3, 64 bits, seed 0, default secret: the hash that DIGEST replies.
import Platform

/// After the published specification of the xxHash family.
package enum XXH3 {
    private static let prime32 = (
        UInt64(0x9e37_79b1), UInt64(0x85eb_ca77), UInt64(0xc2b2_ae3d)
    )
    private static let prime64 = (
        UInt64(0x9e37_79b1_85eb_ca87), UInt64(0xc2b2_ae3d_27d4_eb4f), UInt64(0x1656_67b1_9e37_79f9),
        UInt64(0x85eb_ca77_c2b2_ae63), UInt64(0x27d4_eb2f_1656_67c5)
    )
    private static let mixPrime1: UInt64 = 0x1656_6791_9e37_79f9
    private static let mixPrime2: UInt64 = 0x9fb2_1c65_1e98_df25

    /// The default secret of the specification, 192 bytes as little-endian words.
    private static let secretWords: [UInt64] = [
        0xbe4b_a423_396c_feb8, 0x1cad_21f7_2c81_017c, 0xdb97_9083_e96d_d4de, 0x1f67_b3b7_a4a4_4072,
        0x78e5_c0cc_4ee6_79cb, 0x2172_ffcc_7dd0_5a82, 0x8e24_43f7_7446_08b8, 0x4c26_3a81_e690_35e0,
        0xcb00_c391_bb52_283c, 0xa32e_531b_8b65_d088, 0x4ef9_0da2_9748_6471, 0xd8ac_dea9_46ef_1938,
        0x3f34_9ce3_3f76_faa8, 0x1d4f_0bc7_c7bb_dcf9, 0x3159_b4cd_4be0_518a, 0x6473_78d9_c97e_9fc8,
        0xc3eb_d334_83ac_c5ea, 0xeb63_13fa_ffa0_81c5, 0x49da_f0b7_51dd_0d17, 0x9e68_d429_2655_16d3,
        0xfca1_477d_58be_162b, 0xce31_d07a_d1b8_f88f, 0x2804_1695_8f3a_cb45, 0x7e40_4bbb_cafb_d7af,
    ]

    private static func secretWord(_ offset: Int) -> UInt64 {
        let shift = UInt64(8 * (offset % 8))
        let low = secretWords[offset / 8] >> shift
        return shift == 0 ? low : low | secretWords[offset / 8 + 1] << (64 - shift)
    }

    private static func secretHalfWord(_ offset: Int) -> UInt64 { secretWord(offset) & 0xffff_ffff }

    package static func hash(_ bytes: ByteView) -> UInt64 {
        switch bytes.count {
        case 0: avalanche64(secretWord(56) ^ secretWord(64))
        case 1...3: hash1to3(bytes)
        case 4...8: hash4to8(bytes)
        case 9...16: hash9to16(bytes)
        case 17...128: hash17to128(bytes)
        case 129...240: hash129to240(bytes)
        default: hashLong(bytes)
        }
    }

    private static func hash1to3(_ bytes: ByteView) -> UInt64 {
        let count = bytes.count
        let combined =
            UInt64(bytes[0]) << 16 | UInt64(bytes[count >> 1]) << 24 | UInt64(bytes[count - 1]) | UInt64(count) << 8
        return avalanche64(combined ^ (secretHalfWord(0) ^ secretHalfWord(4)))
    }

    private static func hash4to8(_ bytes: ByteView) -> UInt64 {
        let first = UInt64(bytes.load(0, as: UInt32.self))
        let last = UInt64(bytes.load(bytes.count - 4, as: UInt32.self))
        var value = (last &+ first << 32) ^ (secretWord(8) ^ secretWord(16))
        value ^= rotate(value, 49) ^ rotate(value, 24)
        value &*= mixPrime2
        value ^= (value >> 35) &+ UInt64(bytes.count)
        value &*= mixPrime2
        return value ^ value >> 28
    }

    private static func hash9to16(_ bytes: ByteView) -> UInt64 {
        let low = (secretWord(24) ^ secretWord(32)) ^ bytes.load(0, as: UInt64.self)
        let high = (secretWord(40) ^ secretWord(48)) ^ bytes.load(bytes.count - 8, as: UInt64.self)
        return avalanche(UInt64(bytes.count) &+ low.byteSwapped &+ high &+ foldedProduct(low, high))
    }

    private static func hash17to128(_ bytes: ByteView) -> UInt64 {
        let count = bytes.count
        var sum = UInt64(count) &* prime64.0
        var pair = (count - 1) / 32
        while pair >= 0 {
            sum &+= mix16(bytes, 16 * pair, 32 * pair)
            sum &+= mix16(bytes, count - 16 * (pair + 1), 32 * pair + 16)
            pair -= 1
        }
        return avalanche(sum)
    }

    private static func hash129to240(_ bytes: ByteView) -> UInt64 {
        var sum = UInt64(bytes.count) &* prime64.0
        for round in 0..<8 { sum &+= mix16(bytes, 16 * round, 16 * round) }
        sum = avalanche(sum)
        for round in 8..<bytes.count / 16 { sum &+= mix16(bytes, 16 * round, 16 * (round - 8) + 3) }
        sum &+= mix16(bytes, bytes.count - 16, 136 - 17)
        return avalanche(sum)
    }

    /// Stripes of 64 bytes into eight lanes; sixteen stripes make a block, after which the lanes are scrambled.
    private static func hashLong(_ bytes: ByteView) -> UInt64 {
        let stripesPerBlock = 16
        var lanes = SIMD8<UInt64>(
            prime32.2, prime64.0, prime64.1, prime64.2, prime64.3, prime32.1, prime64.4, prime32.0)
        let stripes = (bytes.count - 1) / 64
        let rows = (0..<stripesPerBlock).map { stripeSecret(8 * $0) }
        let scramble = stripeSecret(192 - 64)
        for stripe in 0..<stripes {
            accumulate(&lanes, bytes.load(64 * stripe, as: SIMD8<UInt64>.self), rows[stripe % stripesPerBlock])
            if stripe % stripesPerBlock == stripesPerBlock - 1 {
                lanes = ((lanes ^ (lanes &>> 47)) ^ scramble) &* prime32.0
            }
        }
        accumulate(&lanes, bytes.load(bytes.count - 64, as: SIMD8<UInt64>.self), stripeSecret(192 - 64 - 7))
        var sum = UInt64(bytes.count) &* prime64.0
        for pair in 0..<4 {
            sum &+= foldedProduct(
                lanes[2 * pair] ^ secretWord(11 + 16 * pair), lanes[2 * pair + 1] ^ secretWord(19 + 16 * pair))
        }
        return avalanche(sum)
    }

    private static func stripeSecret(_ offset: Int) -> SIMD8<UInt64> {
        var words = SIMD8<UInt64>()
        for lane in 0..<8 { words[lane] = secretWord(offset + 8 * lane) }
        return words
    }

    @inline(__always)
    private static func accumulate(_ lanes: inout SIMD8<UInt64>, _ data: SIMD8<UInt64>, _ secret: SIMD8<UInt64>) {
        let keyed = data ^ secret
        let swapped = SIMD8(data[1], data[0], data[3], data[2], data[5], data[4], data[7], data[6])
        lanes &+= swapped &+ (keyed & 0xffff_ffff) &* (keyed &>> 32)
    }

    private static func mix16(_ bytes: ByteView, _ offset: Int, _ secretOffset: Int) -> UInt64 {
        foldedProduct(
            bytes.load(offset, as: UInt64.self) ^ secretWord(secretOffset),
            bytes.load(offset + 8, as: UInt64.self) ^ secretWord(secretOffset + 8))
    }

    private static func foldedProduct(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    private static func avalanche(_ value: UInt64) -> UInt64 {
        var value = value ^ value >> 37
        value &*= mixPrime1
        return value ^ value >> 32
    }

    private static func avalanche64(_ value: UInt64) -> UInt64 {
        var value = value ^ value >> 33
        value &*= prime64.1
        value ^= value >> 29
        value &*= prime64.2
        return value ^ value >> 32
    }

    private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 - bits)
    }
}
