#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/counted.hpp"
#include "io/store/clip_content.hpp"
#include "io/store/clip_store.hpp"
#include "io/store/store_part.hpp"
#include "launch/command.hpp"
#include "launch/commands/store_options.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

constexpr const char* merge_usage =
    "usage: sslslr merge STORE.h5 [STORE.h5 ...] --output OUT.h5 [OPTIONS]\n\n"
    "Merges clip stores into one. Labels, signers and splits are joined by their names, attributes\n"
    "(source, licence, language, ...) are listed; points must agree. Clip names that occur in several\n"
    "stores are prefixed with the store's name. Reports which clips have the same landmarks.";

struct MergeOptions {
    std::vector<std::string> files;
    OutputOptions output;
    LayoutOptions layout;
    bool drops_duplicates = false;
};

void declare(Options& options, MergeOptions& o) {
    options.section("Options");
    options.positional("file", o.files, "clip stores: files or patterns");
    declare(options, o.output);
    options.add("drop-duplicates", o.drops_duplicates,
                "keeps only the first of clips with the same landmarks (reads the stores twice)");
    declare(options, o.layout);
}

using Groups = std::vector<std::vector<std::int64_t>>;

/// Keeps only the first clip of each group.
void drop_repeated(io::StorePart& part, const Groups& equal) {
    std::vector<bool> is_repeated(part.clips.size());
    for (const auto& group : equal) {
        std::for_each(group.begin() + 1, group.end(),
                      [&](std::int64_t clip) { is_repeated[static_cast<std::size_t>(clip)] = true; });
    }
    std::erase_if(part.clips, [&](std::int64_t clip) { return is_repeated[static_cast<std::size_t>(clip)]; });
}

void tell_repeated(const Groups& equal, bool are_dropped) {
    std::int64_t repeated = 0;
    std::vector<std::string> examples;
    for (const auto& group : equal) {
        repeated += std::ssize(group) - 1;
        if (examples.size() < 5) {
            examples.push_back(fmt::format("{} = {}", group[1], group[0]));
        }
    }
    if (repeated > 0) {
        fmt::print("{} with the same landmarks as earlier ones ({}{}, numbered in the order given): {}\n",
                   io::counted(repeated, "clip"), fmt::join(examples, ", "),
                   equal.size() > examples.size() ? ", ..." : "",
                   are_dropped ? "left out" : "kept; --drop-duplicates leaves them out");
    }
}

/// Prints which splits lack the clips of some stores, because these did not have the split.
void tell_partial_splits(const io::ClipIndex& index) {
    for (const auto& [split, files] : index.files_without_split) {
        fmt::print("split {} does not exist in {}: none of the clips from there are in it\n", split,
                   fmt::join(files, ", "));
    }
}

void write_merged(const MergeOptions& options, Arguments arguments) {
    const auto store = io::ClipStore::open(options.files);
    auto part = io::whole_of(store.index());
    Groups equal;
    if (options.drops_duplicates) {
        equal = io::equal_clips(io::contents_of(store));
        drop_repeated(part, equal);
    }
    auto index = io::index_of(store.index(), part);
    separate_names(index, store, part.clips);
    sign(index.attributes, "merge", arguments);
    io::ClipContent content;
    std::vector<std::uint64_t> contents(index.labels.size());
    write_and_tell(
        options.output.output, index,
        [&, read = io::source_of(store, part)](std::int64_t clip, std::span<float> out) {
            read(clip, out);
            contents[static_cast<std::size_t>(clip)] = content(out);
        },
        layout_of(options.layout, store.is_float16(), index));
    tell_partial_splits(store.index());
    tell_repeated(options.drops_duplicates ? equal : io::equal_clips(contents), options.drops_duplicates);
}

}  // namespace

int merge(Arguments arguments, const Ranks& ranks) {
    MergeOptions fields;
    Options options{merge_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.files.empty()) {
        throw ConfigError{"no store given; expected: sslslr merge STORE.h5 STORE.h5 --output OUT.h5"};
    }
    // One rank writes, and all ranks throw its errors.
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            refuse_existing(fields.output.output, fields.output.force);
            write_merged(fields, arguments);
        }
    });
    return exit_done;
}

}  // namespace sslslr
