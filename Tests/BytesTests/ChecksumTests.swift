// Published check values of the checksums and hashes.
import Bytes
import Testing

@Test func cyclicRedundancyChecks() {
    #expect(withText("123456789") { CRC16.checksum($0) } == 0x31c3)
    #expect(withText("foo") { CRC16.slot($0) } == 12182)
    #expect(withText("{foo}bar") { CRC16.slot($0) } == 12182)
    #expect(withText("123456789") { CRC64.checksum($0) } == 0xe9c6_d914_c4b8_d9ca)
    let text = "This is a longer text, so that several words of eight bytes are taken at once."
    let whole = withText(text) { CRC64.checksum($0) }
    for split in 0...text.utf8.count {
        let head = withText(text) { CRC64.checksum($0.prefix(split)) }
        #expect(withText(text) { CRC64.checksum($0.dropFirst(split), initial: head) } == whole)
    }
}

/// Computed with the reference implementation over bytes i²·7 + i·13 + 5.
@Test(
    arguments: [
        (0, 0x2d06_8005_38d3_94c2),
        (1, 0x929e_358d_27ae_3ee2),
        (2, 0x7453_273f_744e_c252),
        (3, 0xedbd_8908_5055_020f),
        (4, 0xb88a_3316_c9cb_ada6),
        (5, 0x4858_1867_e4b2_c143),
        (8, 0xca52_9b01_8625_de44),
        (9, 0x70dc_2271_2a6e_e9fc),
        (12, 0xed7a_4a2b_0b65_3a85),
        (16, 0x9886_7962_91da_8a97),
        (17, 0xf13e_1a95_2833_6483),
        (32, 0x2f7d_df70_286c_3c84),
        (33, 0x266d_e476_c09d_9677),
        (64, 0x2cd7_0675_4e9e_bc4a),
        (65, 0x4939_9ef4_2812_4cb1),
        (100, 0xc4e3_8838_ab02_21b1),
        (128, 0x160d_5cc1_4718_584d),
        (129, 0xf59f_df21_df59_14aa),
        (160, 0x28e9_c8b3_7686_501d),
        (200, 0xa620_102c_f307_d27c),
        (240, 0xe043_677d_5ae4_9e40),
        (241, 0x7d18_7ab6_42ec_16ed),
        (256, 0xaec8_f01d_dd10_80b0),
        (512, 0x5f98_5763_5af1_a094),
        (1023, 0x4f0f_5fb5_d52a_f501),
        (1024, 0x5e10_54d1_0959_bf1e),
        (1025, 0x97ff_34d6_cec3_109a),
        (2048, 0x905a_119f_0a6e_c8ac),
        (5000, 0x900d_89a1_3aad_cc07),
    ] as [(Int, UInt64)])
func xxh3(_ length: Int, _ hash: UInt64) {
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * $0 * 7 + $0 * 13 + 5) }
    #expect(ByteView.withView(bytes) { XXH3.hash($0) } == hash)
}
