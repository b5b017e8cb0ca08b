#pragma once

#include <array>
#include <string>

#include <unistd.h>

namespace sslslr::dist {

/// What this host calls itself.
inline std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

}  // namespace sslslr::dist
