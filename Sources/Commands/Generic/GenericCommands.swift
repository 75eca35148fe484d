// The commands for keys of any type, and those for whole databases.

package let genericCommands: [Command] =
    removalCommands + presenceCommands + expiryCommands + timeToLiveCommands + movingCommands + objectCommands
    + walkingCommands + databaseCommands
