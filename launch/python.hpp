#pragma once

#include <string>

namespace sslslr {

/// The Python that runs the project's scripts: SSLSLR_PYTHON if that is set, else that of the environment which
/// launch/setup made in the source tree.
/// @param environment  ".venv" draws figures, ".venv-import" reads corpora
std::string python_of(const std::string& environment);

/// A script of the source tree: "src/report/study_report.py".
std::string script_of_tree(const std::string& path);

}  // namespace sslslr
