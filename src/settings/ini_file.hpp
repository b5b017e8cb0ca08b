#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sslslr {

/// A line `name = value`.
struct IniLine {
    std::string name;
    std::string value;  ///< without comment and blanks at its ends; quotes are still there
    std::size_t number = 0;
};

/// The lines below a line `[title]`.
struct IniSection {
    std::string title;  ///< empty for the lines above the first title
    std::size_t number = 0;
    std::vector<IniLine> lines;
};

/// The text of a file that people write, without byte order mark and with any system's line ends.
/// @param what  is named in errors: "--config run.ini"
/// @throws ConfigError  there is no such file, it is a folder, cannot be read, or is no UTF-8 text
std::string read_text(const std::string& path, const std::string& what);

/// The sections of an INI text, the untitled one first. `#` begins a comment unless quoted; `;` does at the
/// start of a line.
/// @throws ConfigError  names the line
std::vector<IniSection> parse_ini(const std::string& text, const std::string& what);

/// "WHAT, line 3", or `what` alone for line 0, which no file has.
std::string place_of(const std::string& what, std::size_t line);

/// A value without the quotes around it, within which \" and \\ stand for " and \.
std::string unquoted(const std::string& value);

/// The entries of a list on one line: separated by blanks, quoted where they hold some. A value that names a
/// file as it stands is one entry.
/// @throws ConfigError  a quote is not closed
std::vector<std::string> entries_of(const std::string& value, const std::string& what);

/// A line that gives the value back, as a scalar or as one entry of a list. The value must hold no line end.
std::string ini_line(const std::string& name, const std::string& value);

}  // namespace sslslr
