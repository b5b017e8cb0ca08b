#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace sslslr {

/// Returns the program's version: "0.1.0".
std::string program_version();

/// Returns a hash of the sources that affect results: 16 hexadecimal digits. Comments and formatting do not
/// change it, but string literals do. Programs with different hashes may give different results. Compiler
/// options and library versions are not included.
std::string code_identity();

/// Returns a recorded code identity for use in messages: "unknown" if none was recorded.
std::string named_code(const std::string& code);

/// Returns a note for readers of a run's results if another version of the code trained it; otherwise empty.
/// @param trained_by  the code identity recorded in the run's checkpoint
std::string note_of_code(const std::string& run, const std::string& trained_by);

/// Returns the code identities that contributed to a set of results, including this program's: separated by
/// blanks, in the order in which they contributed. Not collective; reports through `warn` on every rank that
/// calls it.
/// @param before   identities so far; empty if none are recorded, as in files of early releases
/// @param what     names the results in errors: "the run in FOLDER"
/// @param accepts  whether to add this program's identity if it is not among them
/// @param how      the words before --accept-other-code in the error: "add", "plan it again with"
/// @throws ConfigError  this program's identity is not among them and not accepted
std::string joined_codes(const std::string& before, const std::string& what, bool accepts,
                         const std::function<void(const std::string&)>& warn, const std::string& how = "add");

/// Help text of --accept-other-code.
inline constexpr const char* accept_other_code_help =
    "continue what another version of the program began, although results may differ, and record that";

/// Finds a file that comes with the program, for example "src/report/study_report.py": below SSLSLR_HOME if
/// that is set, otherwise below the nearest folder above the executable that contains it.
/// @throws ConfigError  the file is not there; names the places searched
std::filesystem::path file_of_program(const std::string& path);

/// Returns the Python interpreter for the program's scripts: SSLSLR_PYTHON if that is set, otherwise that of
/// an environment created by launch/setup. The file may not exist; the path is empty if the scripts are not
/// found.
/// @param environment  ".venv" for figures, ".venv-import" for reading corpora
std::filesystem::path python_of(const std::string& environment);

}  // namespace sslslr
