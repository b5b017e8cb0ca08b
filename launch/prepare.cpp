#include <fmt/format.h>

#include "io/store_writer.hpp"
#include "launch/command.hpp"
#include "launch/options.hpp"
#include "src/errors.hpp"
#include "src/synthetic/synthetic_signs.hpp"

namespace sslslr {
namespace {

constexpr const char* prepare_usage =
    "usage: sslslr prepare --from synthetic --output FILE.h5 [OPTIONS]\n\n"
    "Writes a clip store. --from synthetic makes up signs with known boundaries: frames before --first and "
    "from\n"
    "--last on carry nothing of the class, for whoever wants to know whether a search finds that.";

struct PrepareOptions {
    std::string from;
    std::string output;
    SyntheticConfig synthetic;
};

void declare(Options& options, PrepareOptions& o) {
    auto& s = o.synthetic;
    options.section("Options");
    options.add("from", o.from, "what the store is made from: synthetic");
    options.add("output", o.output, "file of the store");
    options.section("Synthetic signs", "from", {"synthetic"});
    options.add("classes", s.classes, "signs");
    options.add("clips", s.clips, "in all, spread evenly over signs and signers");
    options.add("signers", s.signers, "people, each of a build and habits of their own");
    options.add("length", s.length, "frames of a clip");
    options.add("length-spread", s.length_spread, "a clip has up to so many frames more or fewer");
    options.add("first", s.first, "first informative frame of a clip of --length; scales with the clip");
    options.add("last", s.last, "first frame after the last informative one, likewise");
    options.add("kind", s.kind,
                "signs differ in the order of the same poses (order), or in the poses (pose)");
    options.add("pose-frames", s.pose_frames, "frames from one pose to the next");
    options.add("noise", s.noise, "deviation of every coordinate in every frame, shoulder widths");
    options.add("clip-variation", s.clip_variation,
                "deviation of each pose from clip to clip, shoulder widths");
    options.add("signer-variation", s.signer_variation,
                "deviation of build and poses from signer to signer, shoulder widths");
    options.add("seed", s.seed, "fixes everything");
}

io::ClipIndex described(const SyntheticConfig& config, const SyntheticSigns& signs, const Options& options) {
    auto index = signs.index();
    index.attributes["source"] = "made up by sslslr " SSLSLR_VERSION " prepare --from synthetic";
    index.attributes["licence"] = "none needed: no recording of anybody";
    index.attributes["planted_k1"] = fmt::format("{}", config.first);
    index.attributes["planted_k2"] = fmt::format("{}", config.length - config.last);
    for (const auto& [name, value] : options.values()) {
        if (name != "from" && name != "output") {
            index.attributes["synthetic_" + name] = value;
        }
    }
    return index;
}

}  // namespace

int prepare(Arguments arguments, const Ranks& ranks) {
    PrepareOptions fields;
    Options options{prepare_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (fields.from != "synthetic") {
        throw ConfigError{
            fmt::format("--from {}: expected synthetic", fields.from.empty() ? "(missing)" : fields.from)};
    }
    if (fields.output.empty()) {
        throw ConfigError{"--output FILE.h5 is missing: where shall the store go?"};
    }
    const auto& config = fields.synthetic;
    const SyntheticSigns signs{config};
    const auto index = described(config, signs, options);
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            io::write_store(fields.output, index,
                            [&](std::int64_t clip, std::span<float> out) { signs.draw(clip, out); });
            fmt::print(
                "{}: {} clips of {} signs by {} signers, {} to {} frames\n"
                "informative frames [{}, {}) of {}: planted k1 = {}, k2 = {}\n",
                fields.output, config.clips, config.classes, config.signers,
                config.length - config.length_spread, config.length + config.length_spread, config.first,
                config.last, config.length, config.first, config.length - config.last);
        }
    });
    return exit_done;
}

}  // namespace sslslr
