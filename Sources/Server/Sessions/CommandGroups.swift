// Every group of commands that the server answers; tests of the table take it from here.
import Commands

package let serverCommandGroups: [[Command]] = [
    echoCommands, stringCommands, genericCommands,
    listCommands,
    setCommands,
    hashCommands,
    sortCommands,
    sortedSetCommands,
    streamCommands,
    geoCommands,
    bitmapCommands, hyperLogLogCommands,
    transactionCommands, connectionCommands, authenticationCommands, clientCommands, commandCommands,
    configCommands, infoCommands, slowLogCommands, latencyCommands, hotKeyCommands, monitorCommands, memoryCommands,
    processCommands,
    scriptCommands, functionCommands, debugCommands, subscriptionCommands, publicationCommands,
]
