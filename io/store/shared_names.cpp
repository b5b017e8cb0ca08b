#include "io/store/shared_names.hpp"

#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace sslslr::io {
namespace {

using Path = std::filesystem::path;
using Names = std::vector<std::string>;
using NameOfFile = std::function<std::string(std::size_t)>;

/// Returns the numbers of the clips whose names occur in more than one file.
std::vector<std::size_t> shared_names(const Names& names, const std::vector<std::size_t>& file_of) {
    std::unordered_map<std::string, std::size_t> file_of_name;
    std::set<std::string> shared;
    for (std::size_t clip = 0; clip < names.size(); ++clip) {
        if (file_of_name.emplace(names[clip], file_of[clip]).first->second != file_of[clip]) {
            shared.insert(names[clip]);
        }
    }
    std::vector<std::size_t> clips;
    for (std::size_t clip = 0; clip < names.size(); ++clip) {
        if (!names[clip].empty() && shared.contains(names[clip])) {
            clips.push_back(clip);
        }
    }
    return clips;
}

}  // namespace

std::int64_t separate_shared_names(ClipIndex& index, const ClipStore& store,
                                   std::span<const std::int64_t> clips) {
    std::vector<std::size_t> file_of;
    for (const auto clip : clips) {
        file_of.push_back(store.file_of(clip));
    }
    const auto shared = index.names.empty() ? std::vector<std::size_t>{} : shared_names(index.names, file_of);
    if (shared.empty()) {
        return 0;
    }
    const auto& files = store.files();
    const NameOfFile ways[]{[&](std::size_t file) { return files[file].stem().string(); },
                            [&](std::size_t file) { return Path{files[file]}.replace_extension().string(); },
                            [&](std::size_t file) { return fmt::format("store {}", file); }};
    for (const auto& name_of : ways) {
        auto names = index.names;
        for (const auto clip : shared) {
            names[clip] = name_of(file_of[clip]) + "/" + names[clip];
        }
        if (&name_of == std::end(ways) - 1 || shared_names(names, file_of).empty()) {
            index.names = std::move(names);
            break;
        }
    }
    return static_cast<std::int64_t>(shared.size());
}

}  // namespace sslslr::io
