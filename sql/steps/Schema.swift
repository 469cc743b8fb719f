/// What these statements expect of the database.
public enum Schema {
  /// The newest migration in `sql/migrations`; a test compares.
  public static let version = 6
}
