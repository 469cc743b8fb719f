import Postgres

/// What an exit code means (DESIGN §6); the numbers are those of sysexits.h.
public enum Exit: Int32, Sendable, CaseIterable {
  case done = 0
  case usage = 64
  case data = 65
  case noSuchThing = 66
  case unavailable = 69
  case bug = 70
  case tryAgain = 75
  case notAllowed = 77
  case configuration = 78

  /// What the manual says of it.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .usage: "the command line is wrong"
    case .data: "bad input, or refused by the state things are in"
    case .noSuchThing: "no such thing"
    case .unavailable: "a service is down"
    case .bug: "a bug of Campanile"
    case .tryAgain: "try again later: the database or the network"
    case .notAllowed: "not allowed"
    case .configuration: "a setting is missing or wrong"
    }
  }
}

/// A refusal: an exit code, and sentences that say what is wrong and where, one line each.
public struct Failure: Error, Sendable {
  /// The exit code.
  public let exit: Exit
  /// What is wrong; no secret and no recipient's address.
  public let sentences: [String]
  /// More for debug logs.
  public let detail: String

  /// One sentence.
  public init(_ exit: Exit, _ sentence: String, detail: String = "") {
    self.exit = exit
    sentences = [sentence]
    self.detail = detail
  }

  /// Several mistakes at once.
  public init(_ exit: Exit, _ sentences: [String]) {
    self.exit = exit
    self.sentences = sentences
    detail = ""
  }
}

extension Failure {
  /// The one table from errors to exit codes.
  public init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as DatabaseError: self.init(Failure.exit(for: error), error.sentence, detail: error.detail)
    case let error as JSONError: self.init(.data, "the JSON document is wrong: \(error)")
    default: self.init(.bug, "an error that nobody expected: \(error)")
    }
  }

  private static func exit(for error: DatabaseError) -> Exit {
    switch error.kind {
    case .connection: .tryAgain
    case .configuration: .configuration
    case .shape: .bug
    case .nul: .data
    case .server(let state):
      if state.isTransient {
        .tryAgain
      } else if state.isConfiguration {
        .configuration
      } else if state == .insufficientPrivilege {
        .notAllowed
      } else if state.conditionClass == "22" {
        .data
      } else {
        .bug
      }
    }
  }
}
