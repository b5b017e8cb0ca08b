#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace sslslr {

/// The release, "0.1.0".
std::string program_version();

/// A hash of the sources that decide results, their comments and formatting aside, but with their texts: 16
/// hexadecimal digits. Results of programs that differ in it may differ. Compiler options and versions of
/// libraries do not count.
std::string code_identity();

/// A recorded code as texts name it: "unknown" where none was.
std::string named_code(const std::string& code);

/// What a reader of its results must know of a run that other code trained; empty if this program's did.
/// @param trained_by  the code that the run's checkpoint records
std::string note_of_code(const std::string& run, const std::string& trained_by);

/// The codes whose results make up one whole: identities separated by blanks, in the order in which they
/// came. Not collective; reports through `warn` on every rank that calls it.
/// @param before   those so far; empty where nothing is recorded, as by releases that did not
/// @param what     they have made, for errors: "the run in FOLDER"
/// @param accepts  whether to add this program's code if it is not one of them
/// @param how      the words before --accept-other-code in the error: "add", "plan it again with"
/// @throws ConfigError  it is not, and this is not accepted
std::string joined_codes(const std::string& before, const std::string& what, bool accepts,
                         const std::function<void(const std::string&)>& warn, const std::string& how = "add");

/// What --accept-other-code does, for the help of the commands that have it.
inline constexpr const char* accept_other_code_help =
    "continues what another version of the program has begun, whose results may differ, and records that";

/// A file that comes with the program, "src/report/study_report.py": below SSLSLR_HOME if that is set, else
/// below the nearest folder above the executable that holds it.
/// @throws ConfigError  it is not there; says where it was looked for
std::filesystem::path file_of_program(const std::string& path);

/// The Python that runs the program's scripts: SSLSLR_PYTHON if that is set, else that of an environment
/// which launch/setup has made beside them. It may not exist; empty if they are not found.
/// @param environment  ".venv" draws figures, ".venv-import" reads corpora
std::filesystem::path python_of(const std::string& environment);

}  // namespace sslslr
