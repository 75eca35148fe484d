// How large the nodes of lists become: `list-max-listpack-size`.

/// The meaning of the directive: -1 to -5 are 4, 8, 16, 32 and 64 KiB a node, a positive number is one of elements.
@usableFromInline
package struct NodeLimit: Equatable, Sendable {
    /// The bytes of a listpack; also the longest element that shares a listpack with others.
    @usableFromInline package let bytes: Int
    @usableFromInline package let count: Int

    /// Nodes that are limited by their number of elements stay below this size all the same.
    @usableFromInline static var safetyBytes: Int { 8192 }

    package init(directive value: Int) {
        if value >= 0 {
            bytes = NodeLimit.safetyBytes
            count = max(1, value)
        } else {
            bytes = 2048 << min(5, -max(value, -5))
            count = .max
        }
    }

    @inlinable
    package func isExceeded(bytes: Int, count: Int) -> Bool { bytes > self.bytes || count > self.count }

    /// Whether an element of that length gets a node of its own.
    @inlinable
    package func isLarge(_ length: Int) -> Bool { count == .max ? length > bytes : length > NodeLimit.safetyBytes }

    /// Whether a list of one node has become so small that it should be a lone listpack again: half the limit, so that
    /// it does not change to and fro.
    @inlinable
    package func isSmallAgain(bytes: Int, count: Int) -> Bool {
        self.count == .max ? bytes <= self.bytes / 2 : count <= self.count / 2
    }
}
