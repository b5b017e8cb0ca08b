// Results are told apart by what options declare to decide, everywhere. The tests enumerate the options, so a
// new option is tested like the others. A frozen list holds the intended declarations.
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dist/communicator.hpp"
#include "src/boundary/boundary_options.hpp"
#include "src/errors.hpp"
#include "src/protocol/evaluated_runs.hpp"
#include "src/protocol/protocol_options.hpp"
#include "src/run/run_folder.hpp"
#include "src/study/study_data.hpp"
#include "tests/frozen_file.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// Settings in which, taken together, every option has a use.
const std::vector<Settings> bases = [] {
    std::vector<Settings> all{
        {}, {{"optimizer", "lars"}}, {{"boundary", "drawn"}}, {{"regulariser", "sigreg"}}};
    for (const auto& name : method_names()) {
        all.push_back({{"method", name}});
    }
    return all;
}();

/// Values of which every option accepts at least one that is not its current value.
const std::vector<std::string> candidates{
    "true",   "false",     "7",      "0.25",   "3",       "all",      "upper-body", "first",  "resample",
    "none",   "classical", "drawn",  "simclr", "mean",    "blocks",   "sinusoidal", "hidden", "view",
    "second", "lars",      "linear", "cosine", "float64", "constant", "bfloat16",   "stop",   "start",
    "full",   "knn",       "mlp",    "strict", "adamw",   "store",    "velocities", "vicreg"};

template <class Fields>
struct Read {
    Fields fields;
    OptionValues values;
    OptionValues deciding;
};

template <class Fields>
Read<Fields> read(Fields fields, const Settings& settings) {
    Options options{""};
    declare(options, fields);
    options.read_settings(settings, "settings");
    auto values = options.values();
    auto deciding = options.deciding();
    return {std::move(fields), std::move(values), std::move(deciding)};
}

/// Every option except those that the base sets.
template <class Fields>
std::set<std::string> options_beside(Fields fields, const Settings& base) {
    Options options{""};
    declare(options, fields);
    const auto all = options.names();
    std::set<std::string> names{all.begin(), all.end()};
    for (const auto& [name, value] : base) {
        names.erase(name);
    }
    return names;
}

/// Returns the settings with another value of `name`, or nothing if the option has no use with them.
template <class Fields>
std::optional<Settings> changed(const Fields& fields, const Settings& base, const std::string& name) {
    const auto before = read(fields, base).values;
    for (const auto& value : candidates) {
        auto settings = base;
        settings.emplace_back(name, value);
        try {
            if (read(fields, settings).values != before) {
                return settings;
            }
        } catch (const ConfigError&) {  // of another type, or not among its words
        }
    }
    return std::nullopt;
}

template <class Fields>
Decides decides(Fields fields, const std::string& name) {
    Options options{""};
    declare(options, fields);
    return options.decides(name);
}

template <class Fields>
std::set<std::string> names_of(Fields fields) {
    return options_beside(std::move(fields), {});
}

const std::map<Decides, std::string> words{{Decides::nothing, "nothing"},   {Decides::resumable, "resumable"},
                                           {Decides::clips, "clips"},       {Decides::encoder, "encoder"},
                                           {Decides::learning, "learning"}, {Decides::result, "result"}};

/// A titled list with one line per option, ordered by name.
template <class Fields>
std::string decisions(const std::string& title, Fields fields) {
    auto text = "[" + title + "]\n";
    for (const auto& name : names_of(fields)) {
        text += name + " = " + words.at(decides(fields, name)) + '\n';
    }
    return text + '\n';
}

class Identity : public test::FolderTest {
protected:
    std::string run_of(const Settings& settings, const std::string& name, std::uint64_t seed) {
        auto fields = read(PretrainOptions{}, settings).fields;
        fields.seed = seed;
        const auto folder = folder_ / name;
        fs::create_directories(folder);
        write_run_options(folder, fields, world_);
        return folder.string();
    }
    static bool is_refused(const std::function<void()>& action) {
        try {
            action();
            return false;
        } catch (const std::runtime_error&) {
            return true;
        }
    }

    dist::Communicator world_ = dist::Communicator::world();
};

TEST_F(Identity, OfJobsChangesWithWhatDecidesThem) {
    const auto identities = identities_of_jobs();
    const auto features = [&](const Settings& settings) {
        return identity_of(read(PretrainOptions{}, settings).fields, {Decides::clips, Decides::encoder});
    };
    std::set<std::string> tested;
    for (const auto& base : bases) {
        for (const auto& name : options_beside(PretrainOptions{}, base)) {
            const auto other = changed(PretrainOptions{}, base, name);
            if (!other) {
                continue;
            }
            tested.insert(name);
            const auto what = decides(PretrainOptions{}, name);
            const auto is_one_of = [&](const std::set<Decides>& some) { return some.contains(what); };
            const auto differ = [&](const auto& identity) { return identity(*other) != identity(base); };
            SCOPED_TRACE(name);
            EXPECT_EQ(differ(identities.of_pretraining), what != Decides::nothing);
            EXPECT_EQ(differ(identities.of_preprocessing), is_one_of({Decides::clips}));
            EXPECT_EQ(differ(identities.of_encoder), is_one_of({Decides::clips, Decides::encoder}));
            EXPECT_EQ(differ(identities.of_network),
                      is_one_of({Decides::clips, Decides::encoder, Decides::learning}));
            EXPECT_EQ(differ(features), is_one_of({Decides::clips, Decides::encoder}));
        }
    }
    EXPECT_EQ(tested, names_of(PretrainOptions{}));
}

// The other tests compare declarations with what derives from them, this one with what is intended.
TEST_F(Identity, OptionsDecideWhatTheFrozenListSays) {
    test::expect_frozen_file(
        SSLSLR_TEST_FOLDER "/decides.txt",
        decisions("pretrain", PretrainOptions{}) + decisions("boundary plan", PlanOptions{}) +
            decisions("clips of an evaluation", ClipParts{}) + decisions("protocol", default_protocol()),
        "Results are told apart by what options decide: an option that changes a result and is declared to "
        "decide nothing mixes results silently. If the change is meant");
}

TEST_F(Identity, OfProtocolsChangesWithEveryOption) {
    const auto of_protocol = identities_of_jobs().of_protocol;
    for (const auto& name : options_beside(default_protocol(), {})) {
        const auto other = changed(default_protocol(), {}, name);
        ASSERT_TRUE(other) << name;
        EXPECT_NE(of_protocol(*other), of_protocol({})) << name;
    }
}

TEST_F(Identity, OfASearchChangesWithWhatDecidesItsTrials) {
    const std::set<std::string> schedules{"study",  "step",       "largest",   "sides",   "repeats", "mode",
                                          "margin", "error-rate", "tolerance", "compare", "json"};
    const auto all = names_of(PlanOptions{});
    std::set<std::string> tested;
    for (auto base : bases) {
        std::erase_if(base, [&](const auto& setting) { return !all.contains(setting.first); });
        for (const auto& name : options_beside(PlanOptions{}, base)) {
            const auto other = changed(PlanOptions{}, base, name);
            if (!other) {
                continue;  // no use with this base
            }
            tested.insert(name);
            const bool is_beside =
                schedules.contains(name) || decides(PretrainOptions{}, name) == Decides::nothing;
            EXPECT_EQ(read(PlanOptions{}, *other).deciding != read(PlanOptions{}, base).deciding, !is_beside)
                << name;
        }
    }
    tested.insert("accept-other-code");  // given with a single call, so it is not among the values
    EXPECT_EQ(tested, all);
}

TEST_F(Identity, OfARunIsCheckedWhereItIsResumedAndWhereRunsAreAveraged) {
    std::set<std::string> tested{"run", "seed"};  // averaged runs each have their own
    for (const auto& base : bases) {
        const auto first = run_of(base, "first", 1);
        for (const auto& name : options_beside(PretrainOptions{}, base)) {
            const auto other = changed(PretrainOptions{}, base, name);
            if (!other || name == "run" || name == "seed") {
                continue;
            }
            tested.insert(name);
            SCOPED_TRACE(name);
            const auto what = decides(PretrainOptions{}, name);
            auto resumed = read(PretrainOptions{}, *other).fields;
            resumed.seed = 1;
            EXPECT_EQ(is_refused([&] { open_run_folder(first, resumed, world_, /*lock=*/false); }),
                      what != Decides::nothing && what != Decides::resumable);
            const auto second = run_of(*other, "second", 2);
            EXPECT_EQ(is_refused([&] { read_runs({first, second}); }), what != Decides::nothing);
        }
    }
    EXPECT_EQ(tested, names_of(PretrainOptions{}));
}

}  // namespace
}  // namespace sslslr
