#include "launch/python.hpp"

#include <cstdlib>

namespace sslslr {

std::string script_of_tree(const std::string& path) {
    return SSLSLR_SOURCE_DIR "/" + path;
}

std::string python_of(const std::string& environment) {
    const auto* const chosen = std::getenv("SSLSLR_PYTHON");
    return chosen != nullptr ? chosen : script_of_tree(environment + "/bin/python");
}

}  // namespace sslslr
