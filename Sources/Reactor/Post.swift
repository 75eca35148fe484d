// Messages from worker to worker that concern no shard.
import Platform

/// The head of something that is sent to a worker, at the start of a larger block of raw memory.
@safe
package struct Post: ~Copyable, Linked {
    package var next: UInt = 0
    /// What it is the head of; the application says what that means.
    package let kind: Int

    package init(kind: Int = 0) { self.kind = kind }
}

extension UnsafeMutablePointer where Pointee == Worker {
    /// Sends a post to a worker, which may be this one; it is woken at the end of this iteration. Only on this
    /// worker's thread; at most one post can stand in one inbox at a time by the same link.
    package func send(_ post: UnsafeMutablePointer<Post>, to worker: Int) {
        unsafe (self.pointee.kernel.workers + worker).pointee.posts.push(post)
        unsafe notify(worker)
    }

    /// What has been sent to this worker, oldest first, linked by `following`.
    package func takePosts() -> UnsafeMutablePointer<Post>? { unsafe self.pointee.posts.takeAll() }
}
