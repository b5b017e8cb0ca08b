#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "dist/communicator.hpp"

namespace sslslr::dist {

/// An error that every rank of a communicator throws with the same message. It is printed once, and the job
/// ends without an abort.
struct AgreedError : std::runtime_error {
    AgreedError(const std::string& message, int code) : std::runtime_error{message}, exit_code{code} {}
    int exit_code;
};

/// Runs `body` on every rank. If it throws on any rank, all ranks throw the same AgreedError. Collective.
///
/// The error has the message of the lowest rank that threw, prefixed with "rank r: " unless all ranks failed
/// with the same message, and the exit code that `exit_code_of` returns for it.
/// @param body  must not call collectives
void agree(const Communicator& ranks, const std::function<void()>& body,
           const std::function<int(const std::exception&)>& exit_code_of);

}  // namespace sslslr::dist
