// GEOADD.
import Bytes
import RESP

func geoadd(_ context: inout CommandContext) {
    let arguments = context.arguments
    var options: AddOptions = []
    var start = 2
    while start < arguments.count, let option = AddOptions(arguments[start]),
        !option.isDisjoint(with: [.onlyNew, .onlyOld, .countsChanges])
    {
        options.insert(option)
        start += 1
    }
    let words = arguments.count - start
    if words == 0 || words % 3 != 0 || options.isSuperset(of: [.onlyNew, .onlyOld]) {
        return context.reply.error(ErrorText.syntax)
    }
    guard let first = context.position(at: start) else { return }
    for index in stride(from: start + 3, to: arguments.count, by: 3) where context.position(at: index) == nil { return }
    addMembers(&context, options, memberLength: arguments[start + 2].count) { context, additions, set in
        additions.add(arguments[start + 2], first.score, to: &set)
        for index in stride(from: start + 3, to: arguments.count, by: 3) {
            guard let position = context.position(at: index) else { return }
            additions.add(arguments[index + 2], position.score, to: &set)
        }
    }
}
