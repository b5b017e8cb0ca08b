#pragma once

#include <array>
#include <string>

#include <unistd.h>

namespace sslslr::dist {

/// Returns this host's name, as gethostname() reports it.
inline std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

}  // namespace sslslr::dist
