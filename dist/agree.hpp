#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "dist/communicator.hpp"

namespace sslslr::dist {

/// An error that every rank of a communicator throws alike: printed once, ended without an abort.
struct AgreedError : std::runtime_error {
    AgreedError(const std::string& message, int code) : std::runtime_error{message}, exit_code{code} {}
    int exit_code;
};

/// Runs `body` on every rank and makes its outcome common: if it threw on any rank, all ranks throw the same
/// AgreedError, with the message of the lowest such rank ("rank r: " before it where ranks differ) and the
/// exit code that `exit_code_of` gives it. Collective; `body` itself must hold no collective.
void agree(const Communicator& ranks, const std::function<void()>& body,
           const std::function<int(const std::exception&)>& exit_code_of);

}  // namespace sslslr::dist
