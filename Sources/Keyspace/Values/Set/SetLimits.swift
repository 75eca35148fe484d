// Up to where sets are kept in their compact forms.

/// The directives `set-max-intset-entries`, `set-max-listpack-entries` and `set-max-listpack-value`.
@usableFromInline
package struct SetLimits: Sendable {
    /// Members of a set of integers.
    @usableFromInline package let integers: Int
    /// Members of a listpack.
    @usableFromInline package let listpackEntries: Int
    /// Bytes of a member of a listpack.
    @usableFromInline package let listpackValue: Int

    package init(integers: Int = 512, listpackEntries: Int = 128, listpackValue: Int = 64) {
        // The format of an intset counts up to 2³², and a set of that size would be slow long before.
        self.integers = min(integers, 1 << 30)
        self.listpackEntries = listpackEntries
        self.listpackValue = listpackValue
    }
}
