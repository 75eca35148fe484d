// Elements of collections in replies.
import Bytes
import Containers
import RESP

extension ReplyWriter {
    /// An element of a listpack as a bulk.
    @inline(__always)
    package func bulk(_ element: ListpackElement) {
        if let view = element.view { bulk(view) } else { bulk(integer: element.integer ?? 0) }
    }
}
