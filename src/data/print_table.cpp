#include "src/data/print_table.hpp"

#include <cstring>
#include <string>
#include <unordered_map>

namespace sslslr {

bool PrintTable::claim(std::int64_t clip) {
    const std::lock_guard lock{mutex_};
    if (is_noted_[static_cast<std::size_t>(clip)]) {
        return false;
    }
    is_noted_[static_cast<std::size_t>(clip)] = true;
    return true;
}

void PrintTable::note(std::int64_t clip, std::span<const float> landmarks) {
    if (!claim(clip)) {
        return;
    }
    const auto print = print_(landmarks);
    const std::lock_guard lock{mutex_};
    noted_.push_back({clip, print});
}

void PrintTable::read(std::span<const std::int64_t> clips) {
    std::vector<std::int64_t> unknown;
    for (const auto clip : clips) {
        if (claim(clip)) {
            unknown.push_back(clip);
        }
    }
    const auto prints = io::prints_of(store_, unknown);
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        noted_.push_back({unknown[i], prints[i]});
    }
}

std::vector<io::ClipPrint> PrintTable::gathered(std::span<const std::int64_t> clips,
                                                const dist::Communicator& ranks, bool contributes) const {
    std::unordered_map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        places.emplace(clips[i], i);
    }
    std::string own;
    if (contributes) {
        const std::lock_guard lock{mutex_};
        for (const auto& noted : noted_) {
            if (places.contains(noted.clip)) {
                own.append(reinterpret_cast<const char*>(&noted), sizeof(noted));
            }
        }
    }
    const auto all = ranks.gather(own);
    std::vector<io::ClipPrint> prints(ranks.rank() == 0 ? clips.size() : 0);
    for (std::size_t at = 0; at < all.size(); at += sizeof(Noted)) {
        Noted noted{};
        std::memcpy(&noted, all.data() + at, sizeof(noted));
        prints[places.at(noted.clip)] = noted.print;
    }
    return prints;
}

}  // namespace sslslr
