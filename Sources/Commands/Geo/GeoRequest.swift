// What the searches are asked for.
import Bytes
import Keyspace
import RESP

/// How a command of the family reads its arguments.
enum GeoForm {
    /// GEORADIUS: `key longitude latitude radius unit`, then options.
    case aroundPosition(stores: Bool)
    /// GEORADIUSBYMEMBER: `key member radius unit`, then options.
    case aroundMember(stores: Bool)
    /// GEOSEARCH: `key`, then options.
    case search
    /// GEOSEARCHSTORE: `destination source`, then options.
    case searchStore

    var source: Int {
        if case .searchStore = self { return 2 }
        return 1
    }

    var firstOption: Int {
        switch self {
        case .aroundPosition: 6
        case .aroundMember: 5
        case .search: 2
        case .searchStore: 3
        }
    }

    /// Whether centre and shape are options.
    var isSearch: Bool {
        switch self {
        case .search, .searchStore: true
        default: false
        }
    }

    /// Whether STORE and STOREDIST name a destination.
    var takesDestination: Bool {
        switch self {
        case .aroundPosition(let stores), .aroundMember(let stores): stores
        default: false
        }
    }
}

struct GeoRequest {
    enum Order { case none, ascending, descending }

    private(set) var shape = GeoShape(
        centre: GeoPosition(longitude: 0, latitude: 0), form: .circle(radius: 0), unit: 1)
    private(set) var withDistance = false
    private(set) var withHash = false
    private(set) var withCoordinates = false
    private(set) var order = Order.none
    /// 0: no limit.
    private(set) var count: Int64 = 0
    /// Whether the first places that are found will do.
    private(set) var takesAny = false
    /// The position of the destination; 0: none.
    private(set) var destination = 0
    private(set) var storesDistance = false

    private enum Centre { case none, member, position }
    private var centre = Centre.none
    private enum Form { case none, circle, box, polygon }
    private var form = Form.none

    var isStored: Bool { destination != 0 }

    /// Reads everything behind the name. `set` is the source, nil if there is none. Nil: an error was replied.
    init?(_ context: borrowing CommandContext, _ form: GeoForm, _ set: SortedSetValue?) {
        guard read(context, form, set) else {
            deallocate()
            return nil
        }
        // The nearest are meant, unless any will do.
        if count != 0 && order == .none && !takesAny { order = .ascending }
    }

    /// Gives back the memory of a polygon.
    mutating func deallocate() {
        guard case .polygon(var polygon) = shape.form else { return }
        polygon.deallocate()
        shape.form = .circle(radius: 0)
    }

    private mutating func read(
        _ context: borrowing CommandContext, _ form: GeoForm, _ set: SortedSetValue?
    ) -> Bool {
        if case .searchStore = form { destination = 1 }
        guard readFixed(context, form, set) else { return false }
        var index = form.firstOption
        while index < context.arguments.count {
            guard let length = readWord(context, form, set, index) else { return false }
            index += length
        }
        return isComplete(context, form)
    }

    /// Reads the arguments that stand at fixed places.
    private mutating func readFixed(
        _ context: borrowing CommandContext, _ form: GeoForm, _ set: SortedSetValue?
    ) -> Bool {
        switch form {
        case .aroundPosition:
            guard let position = context.position(at: 2), let circle = context.circle(at: 4) else { return false }
            shape = GeoShape(centre: position, form: circle.form, unit: circle.unit)
        case .aroundMember:
            // Without a source nobody looks at them.
            guard let set else { return true }
            guard let position = context.position(ofMember: 2, in: set), let circle = context.circle(at: 3) else {
                return false
            }
            shape = GeoShape(centre: position, form: circle.form, unit: circle.unit)
        case .search, .searchStore: break
        }
        return true
    }

    /// Reads the option at `index`; returns how many arguments it takes. Nil: an error was replied.
    private mutating func readWord(
        _ context: borrowing CommandContext, _ form: GeoForm, _ set: SortedSetValue?, _ index: Int
    ) -> Int? {
        let word = context.arguments[index]
        let following = context.arguments.count - index - 1
        if word.equalsIgnoringCase("withdist") {
            withDistance = true
        } else if word.equalsIgnoringCase("withhash") {
            withHash = true
        } else if word.equalsIgnoringCase("withcoord") {
            withCoordinates = true
        } else if word.equalsIgnoringCase("any") {
            takesAny = true
        } else if word.equalsIgnoringCase("asc") {
            order = .ascending
        } else if word.equalsIgnoringCase("desc") {
            order = .descending
        } else if following >= 1, word.equalsIgnoringCase("count") {
            return readCount(context, index + 1) ? 2 : nil
        } else if following >= 1, form.takesDestination, word.equalsIgnoringCase("store") {
            destination = index + 1
            storesDistance = false
            return 2
        } else if following >= 1, form.takesDestination, word.equalsIgnoringCase("storedist") {
            destination = index + 1
            storesDistance = true
            return 2
        } else if form.isSearch {
            return readShape(context, form, set, index)
        } else {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        return 1
    }

    private mutating func readCount(_ context: borrowing CommandContext, _ index: Int) -> Bool {
        guard let count = IntegerText.parse(context.arguments[index]) else {
            context.reply.error(ErrorText.notInteger)
            return false
        }
        if count <= 0 {
            context.reply.error("ERR COUNT must be > 0")
            return false
        }
        self.count = count
        return true
    }

    /// The options that only GEOSEARCH and GEOSEARCHSTORE have.
    private mutating func readShape(
        _ context: borrowing CommandContext, _ form: GeoForm, _ set: SortedSetValue?, _ index: Int
    ) -> Int? {
        let word = context.arguments[index]
        let following = context.arguments.count - index - 1
        if following >= 1, mayHave(.member), word.equalsIgnoringCase("frommember") {
            centre = .member
            if let set {
                guard let position = context.position(ofMember: index + 1, in: set) else { return nil }
                shape.centre = position
            }
            return 2
        }
        if following >= 2, mayHave(.position), word.equalsIgnoringCase("fromlonlat") {
            guard let position = context.position(at: index + 1) else { return nil }
            centre = .position
            shape.centre = position
            return 3
        }
        if following >= 2, mayHave(.circle), word.equalsIgnoringCase("byradius") {
            guard let circle = context.circle(at: index + 1) else { return nil }
            (shape.form, shape.unit) = circle
            self.form = .circle
            return 3
        }
        if following >= 3, mayHave(.box), word.equalsIgnoringCase("bybox") {
            guard let box = context.box(at: index + 1) else { return nil }
            (shape.form, shape.unit) = box
            self.form = .box
            return 4
        }
        if following >= 1, centre == .none, mayHave(.polygon), word.equalsIgnoringCase("bypolygon") {
            return readPolygon(context, index)
        }
        if case .searchStore = form, word.equalsIgnoringCase("storedist") {
            storesDistance = true
            return 1
        }
        context.reply.error(ErrorText.syntax)
        return nil
    }

    /// Whether no other centre is given, and no shape that has one of its own.
    private func mayHave(_ centre: Centre) -> Bool {
        (self.centre == .none || self.centre == centre) && form != .polygon
    }

    private func mayHave(_ form: Form) -> Bool { self.form == .none || self.form == form }

    /// Reads the number of vertices and the vertices behind `index`.
    private mutating func readPolygon(_ context: borrowing CommandContext, _ index: Int) -> Int? {
        let arguments = context.arguments
        guard let vertices = IntegerText.parse(arguments[index + 1]) else {
            context.reply.error(ErrorText.notInteger)
            return nil
        }
        if vertices < GeoPolygon.fewestVertices {
            context.reply.error("ERR GEOSEARCH BYPOLYGON must have at least 3 vertices")
            return nil
        }
        if vertices > Int64((arguments.count - index - 2) / 2) {
            context.reply.error(ErrorText.syntax)
            return nil
        }
        deallocate()
        var polygon = GeoPolygon()
        let end = index + 2 + 2 * Int(vertices)
        for place in stride(from: index + 2, to: end, by: 2) {
            guard let vertex = context.position(at: place) else {
                polygon.deallocate()
                return nil
            }
            polygon.append(vertex)
        }
        shape = GeoShape(centre: polygon.centre, form: .polygon(polygon), unit: 1)
        form = .polygon
        return end - index
    }

    /// Whether the options go together and nothing is missing; else an error is replied.
    private func isComplete(_ context: borrowing CommandContext, _ form: GeoForm) -> Bool {
        let reply = context.reply
        if isStored && (withDistance || withHash || withCoordinates) {
            if form.isSearch {
                reply.error("ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
            } else {
                reply.error(
                    "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
            }
            return false
        }
        if form.isSearch && centre == .none && self.form != .polygon {
            GeoRequest.refuse("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ", context)
            return false
        }
        if form.isSearch && self.form == .none {
            GeoRequest.refuse("ERR exactly one of BYRADIUS and BYBOX can be specified for ", context)
            return false
        }
        if takesAny && count == 0 {
            reply.error("ERR the ANY argument requires COUNT argument")
            return false
        }
        return true
    }

    /// An error that ends with the command's name as the client wrote it.
    private static func refuse(_ text: StaticString, _ context: borrowing CommandContext) {
        let name = context.arguments[0]
        context.reply.errorParts { line in
            line.append(text)
            line.append(name)
        }
    }
}
