#include <fmt/format.h>

#include "io/store/clip_store.hpp"
#include "io/store/store_part.hpp"
#include "launch/command.hpp"
#include "launch/commands/store_options.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

constexpr const char* repack_usage =
    "usage: sslslr repack STORE.h5 [STORE.h5 ...] --output OUT.h5 [OPTIONS]\n\n"
    "Rewrites clip stores in another layout or with fewer points; several become one. Every checksum is\n"
    "verified: a damaged store is refused and nothing is written. Clips, labels, signers, splits and\n"
    "attributes are kept.";

struct RepackOptions {
    std::vector<std::string> files;
    OutputOptions output;
    LayoutOptions layout;
    bool drops_z = false;
    std::string points = "keep";
};

void declare(Options& options, RepackOptions& o) {
    options.section("Options");
    options.positional("file", o.files, "clip stores: files or patterns");
    declare(options, o.output);
    options.add(
        "points", o.points,
        "points to write: keep (unchanged), upper-body (65: pose 0-22, hands) or all (75: pose, hands)");
    options.words({"keep", "upper-body", "all"});
    options.add("drop-z", o.drops_z, "keeps only x and y");
    declare(options, o.layout);
}

io::StorePart part_of_store(const io::ClipIndex& index, const RepackOptions& options) {
    auto part = io::whole_of(index);
    if (const auto set = enum_of<PointSet>(options.points)) {
        part.points = positions_of(points_of(*set), index.point_names);
    }
    if (options.drops_z) {
        const auto& axes = index.attributes.at("coordinates");
        if (axes != "x,y,z") {
            throw ConfigError{fmt::format("--drop-z: expected a store of x,y,z, found {}", axes)};
        }
        part.coordinates = 2;
    }
    return part;
}

}  // namespace

int repack(Arguments arguments, const Ranks& ranks) {
    RepackOptions fields;
    Options options{repack_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.files.empty()) {
        throw ConfigError{"no store given; expected: sslslr repack STORE.h5 --output OUT.h5"};
    }
    // One rank writes, and all ranks throw its errors.
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            refuse_existing(fields.output.output, fields.output.force);
            const auto store = io::ClipStore::open(fields.files);
            const auto part = part_of_store(store.index(), fields);
            auto index = io::index_of(store.index(), part);
            separate_names(index, store, part.clips);
            sign(index.attributes, "repack", arguments);
            write_and_tell(fields.output.output, index, io::source_of(store, part),
                           layout_of(fields.layout, store.is_float16(), index));
        }
    });
    return exit_done;
}

}  // namespace sslslr
