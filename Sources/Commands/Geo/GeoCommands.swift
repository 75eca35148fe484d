// The table entries of the group.
import RESP

package let geoCommands: [Command] = geoPlaceCommands + geoSearchCommands + geoRadiusCommands

private let reads = [KeySpec.one([.readOnly, .access])]
private let searchComplexity: StaticString =
    "O(N+log(M)) with N members in the cells of the grid around the shape and M in the sorted set."

private let geoPlaceCommands: [Command] = unsafe [
    Command(
        "geoadd", arity: -5, [.write, .denyOutOfMemory], [.geo], keys: [.one([.readWrite, .update])], group: .geo,
        since: "3.2.0", complexity: "O(log(N)) for each member that is added, with N members in the sorted set.",
        summary: "Adds members with their places on Earth to a sorted set. Creates the key if there is none.",
        syntax: "key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]"
    ) { unsafe geoadd(&$0.context) },
    unsafe Command(
        "geodist", arity: -4, [.readonly], [.geo], keys: reads, group: .geo, since: "3.2.0",
        summary: "Returns the distance between two members.", syntax: "key member1 member2 [M | KM | FT | MI]"
    ) { unsafe geodist(&$0.context) },
    unsafe Command(
        "geohash", arity: -2, [.readonly], [.geo], keys: reads, group: .geo, since: "3.2.0",
        complexity: "O(1) for each member that is asked for.",
        summary: "Returns the places of members as texts of geohash.org.", syntax: "key [member [member ...]]"
    ) { unsafe geohash(&$0.context) },
    unsafe Command(
        "geopos", arity: -2, [.readonly], [.geo], keys: reads, group: .geo, since: "3.2.0",
        complexity: "O(1) for each member that is asked for.",
        summary: "Returns the longitudes and latitudes of members.", syntax: "key [member [member ...]]"
    ) { unsafe geopos(&$0.context) },
]

private let geoSearchCommands: [Command] = unsafe [
    Command(
        "geosearch", arity: -7, [.readonly], [.geo], keys: reads, group: .geo, since: "6.2.0",
        complexity: searchComplexity, summary: "Returns the members within a circle, a box or a polygon.",
        syntax: """
            key [FROMMEMBER member | FROMLONLAT longitude latitude] <BYRADIUS radius <M | KM | FT | MI> | \
            BYBOX width height <M | KM | FT | MI> | BYPOLYGON num-vertices longitude latitude \
            [longitude latitude ...]> [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]
            """
    ) { unsafe geosearch(&$0.context, .search) },
    unsafe Command(
        "geosearchstore", arity: -8, [.write, .denyOutOfMemory], [.geo],
        keys: [.one([.overwrite, .update]), .one([.readOnly, .access], at: 2)], group: .geo, since: "6.2.0",
        complexity: searchComplexity, summary: "Stores the members within a circle, a box or a polygon in another key.",
        syntax: """
            destination source [FROMMEMBER member | FROMLONLAT longitude latitude] \
            <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI> | \
            BYPOLYGON num-vertices longitude latitude [longitude latitude ...]> [ASC | DESC] \
            [COUNT count [ANY]] [STOREDIST]
            """
    ) { unsafe geosearch(&$0.context, .searchStore) },
]

/// The source, and the destination behind STORE or STOREDIST among the options.
private func radiusKeys(options: Int) -> [KeySpec] {
    let one = KeySpec.Find.range(last: 0, step: 1, limit: 0)
    return reads + [
        KeySpec(.destination("store", startFrom: options), one, [.overwrite, .update]),
        KeySpec(.destination("storedist", startFrom: options), one, [.overwrite, .update]),
    ]
}

private let geoRadiusCommands: [Command] = unsafe [
    Command(
        "georadius", arity: -6, [.write, .denyOutOfMemory, .movableKeys], [.geo], keys: radiusKeys(options: 6),
        group: .geo, since: "3.2.0", complexity: searchComplexity,
        summary: "Returns or stores the members within a circle.",
        syntax: """
            key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] \
            [ASC | DESC] [STORE key | STOREDIST key]
            """
    ) { unsafe geosearch(&$0.context, .aroundPosition(stores: true)) },
    unsafe Command(
        "georadius_ro", arity: -6, [.readonly], [.geo], keys: reads, group: .geo, since: "3.2.10",
        complexity: searchComplexity, summary: "Returns the members within a circle.",
        syntax: """
            key longitude latitude radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] \
            [ASC | DESC]
            """
    ) { unsafe geosearch(&$0.context, .aroundPosition(stores: false)) },
    unsafe Command(
        "georadiusbymember", arity: -5, [.write, .denyOutOfMemory, .movableKeys], [.geo],
        keys: radiusKeys(options: 5), group: .geo, since: "3.2.0", complexity: searchComplexity,
        summary: "Returns or stores the members within a circle around one of them.",
        syntax: """
            key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] \
            [STORE key | STOREDIST key]
            """
    ) { unsafe geosearch(&$0.context, .aroundMember(stores: true)) },
    unsafe Command(
        "georadiusbymember_ro", arity: -5, [.readonly], [.geo], keys: reads, group: .geo, since: "3.2.10",
        complexity: searchComplexity, summary: "Returns the members within a circle around one of them.",
        syntax: """
            key member radius <M | KM | FT | MI> [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]
            """
    ) { unsafe geosearch(&$0.context, .aroundMember(stores: false)) },
]
