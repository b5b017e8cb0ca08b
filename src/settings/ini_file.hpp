#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sslslr {

/// A line `name = value`.
struct IniLine {
    std::string name;
    std::string value;  ///< without comment and surrounding blanks; quotes are kept
    std::size_t number = 0;
};

/// The lines below a line `[title]`.
struct IniSection {
    std::string title;  ///< empty for the lines above the first title
    std::size_t number = 0;
    std::vector<IniLine> lines;
};

/// Returns the text of a user's file, without byte order mark and with all line endings converted to \n.
/// @param what  names the file in errors: "--config run.ini"
/// @throws ConfigError  the file does not exist, is a folder, cannot be read, or is not UTF-8 text
std::string read_text(const std::string& path, const std::string& what);

/// Returns the sections of an INI text, the untitled one first. `#` begins a comment unless quoted; `;` only
/// at the start of a line.
/// @throws ConfigError  a line is not `name = value`; names the line
std::vector<IniSection> parse_ini(const std::string& text, const std::string& what);

/// Returns "WHAT, line 3", or only `what` for line 0, which stands for no line.
std::string place_of(const std::string& what, std::size_t line);

/// Returns a value without the quotes around it. Inside quotes, \" and \\ stand for " and \.
std::string unquoted(const std::string& value);

/// Splits a list on one line into its entries, which are separated by blanks and quoted if they contain
/// blanks. A value that, as a whole, is the name of an existing file is one entry.
/// @throws ConfigError  a quote is not closed
std::vector<std::string> entries_of(const std::string& value, const std::string& what);

/// Returns an INI line from which the value, a scalar or one entry of a list, is read back unchanged. The
/// value must not contain line ends.
std::string ini_line(const std::string& name, const std::string& value);

}  // namespace sslslr
