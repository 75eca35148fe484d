// Messages from worker to worker that concern no shard.
import Platform
import Synchronization

/// The link of something that is sent to a worker. It lives in a larger block of raw memory, which is the business of
/// whoever sends and takes it.
@safe
package struct Post: ~Copyable {
    /// The address of the next one in the same queue; 0: none.
    var next: UInt = 0

    package init() {}
}

/// A stack that many threads push to and its owner takes whole and turns round. A push that is over before another
/// begins comes before it, whatever threads they are on.
package struct PostQueue: ~Copyable {
    let top = Atomic<UInt>(0)

    package init() {}

    package var isEmpty: Bool { top.load(ordering: .sequentiallyConsistent) == 0 }

    /// Adds a post. From any thread.
    package func push(_ post: UnsafeMutablePointer<Post>) {
        var current = top.load(ordering: .relaxed)
        while true {
            unsafe post.pointee.next = current
            let result = top.compareExchange(
                expected: current, desired: UInt(bitPattern: post),
                successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed)
            if result.exchanged { return }
            current = result.original
        }
    }

    /// Takes all posts, linked by `following`, oldest first. For the owner alone.
    package func takeAll() -> UnsafeMutablePointer<Post>? {
        guard top.load(ordering: .relaxed) != 0 else { return nil }
        var current = unsafe UnsafeMutablePointer<Post>(bitPattern: top.exchange(0, ordering: .sequentiallyConsistent))
        var reversed: UnsafeMutablePointer<Post>?
        while let post = unsafe current {
            unsafe current = unsafe UnsafeMutablePointer<Post>(bitPattern: post.pointee.next)
            unsafe post.pointee.next = UInt(bitPattern: reversed)
            unsafe reversed = unsafe post
        }
        return unsafe reversed
    }
}

extension UnsafeMutablePointer where Pointee == Post {
    /// The next post of those that were taken together.
    package var following: UnsafeMutablePointer<Post>? {
        unsafe UnsafeMutablePointer<Post>(bitPattern: self.pointee.next)
    }
}

extension UnsafeMutablePointer where Pointee == Worker {
    /// Sends a post to a worker, which may be this one; it is woken at the end of this iteration. Only on this
    /// worker's thread; at most one post can stand in one queue at a time by the same link.
    package func send(_ post: UnsafeMutablePointer<Post>, to worker: Int) {
        unsafe (self.pointee.kernel.workers + worker).pointee.posts.push(post)
        unsafe notify(worker)
    }

    /// What has been sent to this worker, oldest first, linked by `following`.
    package func takePosts() -> UnsafeMutablePointer<Post>? { unsafe self.pointee.posts.takeAll() }
}
