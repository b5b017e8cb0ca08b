#include "dist/agree.hpp"

namespace sslslr::dist {

void agree(const Communicator& ranks, const std::function<void()>& body,
           const std::function<int(const std::exception&)>& exit_code_of) {
    std::string mine;  // empty: success; otherwise "<exit code>:<message>"
    try {
        body();
    } catch (const std::exception& error) {
        mine = std::to_string(exit_code_of(error)) + ":" + error.what();
    }

    const auto outcomes = ranks.all_gather(mine);
    bool alike = true;
    int first = -1;
    for (int rank = 0; rank < ranks.size(); ++rank) {
        const auto& outcome = outcomes[static_cast<std::size_t>(rank)];
        alike = alike && outcome == outcomes.front();
        if (first < 0 && !outcome.empty()) {
            first = rank;
        }
    }
    if (first < 0) {
        return;
    }
    const auto& outcome = outcomes[static_cast<std::size_t>(first)];
    const auto colon = outcome.find(':');
    throw AgreedError{(alike ? "" : "rank " + std::to_string(first) + ": ") + outcome.substr(colon + 1),
                      std::stoi(outcome.substr(0, colon))};
}

}  // namespace sslslr::dist
