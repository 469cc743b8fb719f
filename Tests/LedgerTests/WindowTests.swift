import Foundation
import Support
import Testing

/// The two functions that every window goes by, asked directly, with the instant passed in.
@Suite struct WindowTests {
  /// A window, an instant, and the first instant at or after it at which the window is open.
  struct Example: Sendable {
    let at: String
    let days: String
    let from: String
    let to: String
    let zone: String
    /// `open`, or the instant.
    let opens: String

    init(_ at: String, _ days: String, _ from: String, _ to: String, _ zone: String, _ opens: String) {
      (self.at, self.days, self.from, self.to, self.zone, self.opens) = (at, days, from, to, zone, opens)
    }

    var values: String { "('\(at)'::timestamptz, '{\(days)}'::integer[], '\(from)'::time, '\(to)'::time, '\(zone)')" }
  }

  /// Asks for all of them at once.
  private func check(_ examples: [Example]) async throws {
    let workspace = try await Workspace()
    let rows = try await workspace.sql(
      """
      set timezone = 'UTC';
      select coalesce(to_char(window_opens(at, days, opens, closes, zone), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'never'),
             window_opens(at, days, opens, closes, zone) = at, in_window(at, days, opens, closes, zone)
      from (values \(examples.map(\.values).joined(separator: ", "))) as e (at, days, opens, closes, zone)
      """)
    try #require(rows.count == examples.count)
    for (example, row) in zip(examples, rows) {
      let parts = row.split(separator: "|")
      let expected = example.opens == "open" ? [parts[0], "t", "t"] : [Substring(example.opens), "f", "f"]
      #expect(parts == expected, "\(example)")
    }
  }

  private static let workdays = "1,2,3,4,5"
  private static let everyDay = "1,2,3,4,5,6,7"

  /// Both ends are where an off-by-one would send at 17:30 sharp, or on a Saturday.
  @Test("A window is open from its first instant to just before its last, on its days")
  func ordinary() async throws {
    let (days, zone) = (WindowTests.workdays, "Europe/London")
    try await check([
      Example("2026-05-04T07:59:59.9Z", days, "09:00", "17:30", zone, "2026-05-04T08:00:00Z"),
      Example("2026-05-04T08:00Z", days, "09:00", "17:30", zone, "open"),
      Example("2026-05-04T16:29:59.9Z", days, "09:00", "17:30", zone, "open"),
      Example("2026-05-04T16:30Z", days, "09:00", "17:30", zone, "2026-05-05T08:00:00Z"),
      // Friday evening, Saturday noon, Sunday before midnight.
      Example("2026-05-08T16:30Z", days, "09:00", "17:30", zone, "2026-05-11T08:00:00Z"),
      Example("2026-05-09T12:00Z", days, "09:00", "17:30", zone, "2026-05-11T08:00:00Z"),
      Example("2026-05-10T22:59Z", days, "09:00", "17:30", zone, "2026-05-11T08:00:00Z"),
      // The same instant is another day elsewhere: Sunday 23:00 in London is Monday in Tokyo.
      Example("2026-05-10T22:00Z", "1", "00:00", "24:00", "Asia/Tokyo", "open"),
      Example("2026-05-10T22:00Z", "1", "00:00", "24:00", zone, "2026-05-10T23:00:00Z"),
      // Once a week, just missed.
      Example("2026-05-04T09:00Z", "1", "09:00", "10:00", zone, "2026-05-11T08:00:00Z"),
    ])
  }

  /// The part after midnight belongs to the evening before: a Friday window is open on Saturday at 01:00, not on Friday.
  @Test("A window across midnight belongs to the day on which it opens, and 24:00 is the end of a day")
  func midnight() async throws {
    let zone = "Europe/Berlin"
    try await check([
      Example("2026-05-08T20:00Z", "5", "22:00", "02:00", zone, "open"),
      Example("2026-05-08T23:59Z", "5", "22:00", "02:00", zone, "open"),
      Example("2026-05-09T00:00Z", "5", "22:00", "02:00", zone, "2026-05-15T20:00:00Z"),
      Example("2026-05-07T23:00Z", "5", "22:00", "02:00", zone, "2026-05-08T20:00:00Z"),
      Example("2026-05-10T23:30Z", "7", "22:00", "02:00", zone, "open"),
      Example("2026-05-10T21:59:59Z", "7", "00:00", "24:00", zone, "open"),
      Example("2026-05-10T22:00Z", "7", "00:00", "24:00", zone, "2026-05-16T22:00:00Z"),
      Example("2026-05-10T19:00Z", "7", "18:00", "24:00", zone, "open"),
      Example("2026-05-10T22:00Z", "1,7", "18:00", "24:00", zone, "2026-05-11T16:00:00Z"),
      // Closed for one hour a day only.
      Example("2026-05-10T10:30Z", WindowTests.everyDay, "13:00", "12:00", zone, "2026-05-10T11:00:00Z"),
      Example("2026-05-10T11:00Z", WindowTests.everyDay, "13:00", "12:00", zone, "open"),
    ])
  }

  /// Day arithmetic that is done by hand breaks here.
  @Test("Months, years and leap days end as the calendar says")
  func calendar() async throws {
    let zone = "Europe/Berlin"
    try await check([
      Example("2026-04-30T20:00Z", WindowTests.everyDay, "09:00", "17:00", zone, "2026-05-01T07:00:00Z"),
      Example("2026-12-31T20:00Z", WindowTests.everyDay, "09:00", "17:00", zone, "2027-01-01T08:00:00Z"),
      Example("2028-02-28T20:00Z", WindowTests.everyDay, "09:00", "17:00", zone, "2028-02-29T08:00:00Z"),
      Example("2028-02-28T20:00Z", "3", "09:00", "17:00", zone, "2028-03-01T08:00:00Z"),
      Example("2026-02-28T20:00Z", WindowTests.everyDay, "09:00", "17:00", zone, "2026-03-01T08:00:00Z"),
      Example("2028-02-29T22:30Z", "2", "22:00", "02:00", zone, "open"),
      Example("2028-03-01T00:30Z", "2", "22:00", "02:00", zone, "open"),
    ])
  }

  /// On two days a year a local time exists twice or not at all; computed from the local date and the offset of noon, a
  /// window opens an hour wrong on these days, or not at all.
  @Test(
    "A window that opens in an hour that the clocks skip opens where they go on, and one that they show twice is open twice"
  )
  func summerTime() async throws {
    let (days, york) = (WindowTests.everyDay, "America/New_York")
    try await check([
      // 2026-03-08, 02:00 EST becomes 03:00 EDT: 07:00Z.
      Example("2026-03-08T05:00Z", days, "02:30", "04:00", york, "2026-03-08T07:00:00Z"),
      Example("2026-03-08T05:00Z", days, "02:10", "04:00", york, "2026-03-08T07:00:00Z"),
      Example("2026-03-08T05:00Z", days, "02:10", "02:50", york, "2026-03-09T06:10:00Z"),
      Example("2026-03-08T05:00Z", "7", "02:10", "02:50", york, "2026-03-15T06:10:00Z"),
      Example("2026-03-01T08:00Z", "7", "02:10", "02:50", york, "2026-03-15T06:10:00Z"),
      Example("2026-03-08T05:00Z", days, "09:00", "17:00", york, "2026-03-08T13:00:00Z"),
      Example("2026-03-07T23:00Z", days, "01:30", "02:30", york, "2026-03-08T06:30:00Z"),
      Example("2026-03-08T06:59Z", days, "01:30", "02:30", york, "open"),
      Example("2026-03-08T07:00Z", days, "01:30", "02:30", york, "2026-03-09T05:30:00Z"),
      // 2026-11-01, 02:00 EDT becomes 01:00 EST: 06:00Z.
      Example("2026-11-01T04:30Z", days, "01:15", "01:45", york, "2026-11-01T05:15:00Z"),
      Example("2026-11-01T05:50Z", days, "01:15", "01:45", york, "2026-11-01T06:15:00Z"),
      Example("2026-11-01T06:20Z", days, "01:15", "01:45", york, "open"),
      Example("2026-11-01T06:45Z", days, "01:15", "01:45", york, "2026-11-02T06:15:00Z"),
      // The clocks go back into a window that has closed.
      Example("2026-11-01T05:50Z", days, "00:30", "01:40", york, "2026-11-01T06:00:00Z"),
      Example("2026-11-01T04:30Z", days, "09:00", "17:00", york, "2026-11-01T14:00:00Z"),
      // Across the night in which they change.
      Example("2026-10-25T00:30Z", "6", "22:00", "02:30", "Europe/Berlin", "2026-10-25T01:00:00Z"),
      Example("2026-10-25T00:29Z", "6", "22:00", "02:30", "Europe/Berlin", "open"),
      Example("2026-10-25T01:30Z", "6", "22:00", "02:30", "Europe/Berlin", "2026-10-31T21:00:00Z"),
    ])
  }

  /// Half hours, three quarters, a change of half an hour, midnights that do not exist, and a day that never was.
  @Test("Zones with odd offsets and odd changes have their windows too")
  func oddZones() async throws {
    let days = WindowTests.everyDay
    try await check([
      Example("2026-05-04T00:00Z", days, "09:00", "17:00", "Asia/Kathmandu", "2026-05-04T03:15:00Z"),
      Example("2026-05-04T11:14Z", days, "09:00", "17:00", "Asia/Kathmandu", "open"),
      Example("2026-05-04T11:15Z", days, "09:00", "17:00", "Asia/Kathmandu", "2026-05-05T03:15:00Z"),
      Example("2026-05-04T00:00Z", days, "09:00", "17:00", "Pacific/Chatham", "open"),
      // Half an hour: 2026-10-04, 02:00 becomes 02:30 (15:30Z the day before); 2026-04-05, 02:00 becomes 01:30 (15:00Z).
      Example("2026-10-03T14:00Z", days, "02:10", "03:00", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
      Example("2026-04-04T14:00Z", days, "01:45", "01:50", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"),
      Example("2026-04-04T14:50Z", days, "01:45", "01:50", "Australia/Lord_Howe", "2026-04-04T15:15:00Z"),
      // Friday 2026-04-24 begins at 01:00 in Cairo (22:00Z the day before).
      Example("2026-04-23T21:00Z", "5", "00:00", "24:00", "Africa/Cairo", "2026-04-23T22:00:00Z"),
      Example("2026-04-23T21:00Z", "5", "00:20", "08:00", "Africa/Cairo", "2026-04-23T22:00:00Z"),
      // Saturday 2018-02-17 had its last hour twice in Sao Paulo; Sunday 2018-11-04 had no first one.
      Example("2018-02-18T01:45Z", "6", "22:00", "23:30", "America/Sao_Paulo", "2018-02-18T02:00:00Z"),
      Example("2018-02-18T02:30Z", "7", "00:00", "01:00", "America/Sao_Paulo", "2018-02-18T03:00:00Z"),
      Example("2018-11-04T02:00Z", "7", "00:00", "01:30", "America/Sao_Paulo", "2018-11-04T03:00:00Z"),
      // Apia had no Friday 2011-12-30.
      Example("2011-12-30T08:00Z", days, "10:00", "12:00", "Pacific/Apia", "2011-12-30T20:00:00Z"),
      Example("2011-12-30T08:00Z", "5", "10:00", "12:00", "Pacific/Apia", "2012-01-05T20:00:00Z"),
      Example("2011-12-23T23:00Z", "5", "10:00", "12:00", "Pacific/Apia", "2012-01-05T20:00:00Z"),
    ])
  }

  /// Anything but null would be UTC by silence, and an error would stop every message that the claim looks at.
  @Test("A zone that is not known has no window, and is no error")
  func unknownZone() async throws {
    let workspace = try await Workspace()
    for zone in ["Europe/Atlantis", "", "lead", "FOO"] {
      #expect(
        try await workspace.sql(
          "select window_opens('2026-05-04T12:00Z', '{1,2,3,4,5,6,7}', '00:00', '24:00', '\(zone)') is null") == ["t"])
    }
  }

  /// The examples are those that somebody thought of.
  @Test("Of thousands of random windows the answer is open, is not in the past, and nothing before it is open")
  func property() async throws {
    let seed = seed()
    var random = SeededGenerator(seed: seed)
    let zones = [
      "America/New_York", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Chatham",
      "America/St_Johns", "Asia/Kolkata", "America/Havana", "Asia/Beirut", "America/Santiago", "UTC",
      "Pacific/Kiritimati",
      "Atlantic/Azores", "Pacific/Marquesas",
    ]
    let formatter = ISO8601DateFormatter()
    var examples: [Example] = []
    for index in 0..<2000 {
      let name = zones.randomElement(using: &random) ?? "UTC"
      let zone = try #require(TimeZone(identifier: name))
      var at = Date(timeIntervalSince1970: Double(Int.random(in: 1_704_067_200...1_830_297_600, using: &random)))
      // Half of them around a change of the clocks.
      if index % 2 == 0, let change = zone.nextDaylightSavingTimeTransition(after: at) {
        at = change.addingTimeInterval(Double(Int.random(in: -180_000...20_000, using: &random)))
      }
      func time(_ step: Int, _ last: Int) -> String {
        let minutes = Int.random(in: 0...(last / step), using: &random) * step
        return String(format: "%02d:%02d", minutes / 60, minutes % 60)
      }
      // Half of these near the small hours, in which clocks change.
      let step = [60, 30, 15, 1].randomElement(using: &random) ?? 1
      let last = Bool.random(using: &random) ? 239 : 1439
      let from = time(step, last)
      var to = Bool.random(using: &random) ? time(step, last) : time(step, 1440)
      if to == from { to = from == "24:00" ? "23:00" : "24:00" }
      var days = (1...7).filter { _ in Bool.random(using: &random) }
      if days.isEmpty || index % 5 == 0 { days = [Int.random(in: 1...7, using: &random)] }
      examples.append(
        Example(formatter.string(from: at), days.map(String.init).joined(separator: ","), from, to, name, ""))
    }
    let workspace = try await Workspace()
    let rows = try await workspace.sql(
      """
      set timezone = 'UTC';
      create temporary table e (n serial, at timestamptz, days integer[], opens time, closes time, zone text);
      insert into e (at, days, opens, closes, zone) values \(examples.map(\.values).joined(separator: ", "));
      create temporary table o as select e.*, window_opens(at, days, opens, closes, zone) as answer from e;
      select 'broken', at, days, opens, closes, zone, answer
      from o
      where answer is null or answer < at or not in_window(answer, days, opens, closes, zone)
         -- Minute by minute: all of some, the last five hours of every one.
         or exists (
           select from generate_series(0, case when n % 40 = 0 then 12000 else 300 end) m
           where answer > at and date_trunc('minute', answer) - m * interval '1 minute' >= at
             and answer > date_trunc('minute', answer) - m * interval '1 minute'
             and in_window(date_trunc('minute', answer) - m * interval '1 minute', days, opens, closes, zone));
      select 'open', count(*), count(*) filter (where answer = at), count(*) filter (where answer > at + interval '8 days')
      from o;
      select in_window(at, days, opens, closes, zone) from e order by n;
      """)
    let broken = rows.filter { $0.hasPrefix("broken") }
    #expect(broken.isEmpty, "seed \(seed): \(broken.count) are wrong, like \(broken.prefix(5))")
    // Whether it is open, by other hands.
    let isOpen = rows.suffix(examples.count).map { $0 == "t" }
    for (example, isOpen) in zip(examples, isOpen) {
      #expect(try isOpenByCalendar(example) == isOpen, "seed \(seed): \(example)")
    }
    let counts = rows.first { $0.hasPrefix("open") } ?? ""
    print("windows: seed \(seed); random ones, open at once, after more than 8 days: \(counts.dropFirst(5))")
  }

  private func isOpenByCalendar(_ example: Example) throws -> Bool {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: example.zone))
    let at = try #require(ISO8601DateFormatter().date(from: example.at))
    let parts = calendar.dateComponents([.hour, .minute, .weekday], from: at)
    let (now, weekday) = ((parts.hour ?? 0) * 60 + (parts.minute ?? 0), ((parts.weekday ?? 1) + 5) % 7 + 1)
    func minutes(_ text: String) -> Int {
      text.split(separator: ":").reduce(0) { $0 * 60 + (Int($1) ?? 0) }
    }
    let (from, to) = (minutes(example.from), minutes(example.to))
    let days = Set(example.days.split(separator: ",").compactMap { Int($0) })
    let yesterday = weekday == 1 ? 7 : weekday - 1
    if from < to { return now >= from && now < to && days.contains(weekday) }
    return now >= from && days.contains(weekday) || now < to && days.contains(yesterday)
  }
}
