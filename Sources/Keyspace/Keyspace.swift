// Placeholder until the first file of the room.
package struct Shard {}
