// What users' scripts rely on: options, exit codes, keys of JSON, names of files and what the files hold, as
// listed in tests/launch/frozen.
#include <fstream>
#include <utility>

#include "tests/launch/frozen_program.hpp"
#include "tests/launch/hdf5_names.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> commands_in(const std::string& help) {
    static const std::regex line_of_command{"^  ([a-z]+) .*$"};
    std::vector<std::string> commands;
    std::istringstream lines{help};
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_match(line, match, line_of_command)) {
            commands.push_back(match[1]);
        }
    }
    return commands;
}

TEST_F(Frozen, CommandsAndTheirOptionsWithDefaults) {
    std::string text;
    for (const auto& command : commands_in(done("--help"))) {
        const bool is_group = command == "boundary" || command == "study";
        for (const auto& sub :
             is_group ? commands_in(done(command + " --help")) : std::vector<std::string>{""}) {
            const auto name = command + (sub.empty() ? "" : " " + sub);
            const auto all = options_in(name, done(name + " --help-all"));
            const auto common = options_in(name, done(name + " --help"));
            text += list(name, all) + (common == all ? "" : list(name + " --help", common));
        }
    }

    expect_frozen("options", text);
}

TEST_F(Frozen, ExitCodes) {
    done("prepare --from synthetic --clips 16 --signers 2 --output signs.h5");
    std::ofstream{folder_ / "text.h5"} << "no HDF5 file";
    const auto data = " --data " + path("signs.h5") + tiny + "--max-steps 4 --run ";
    const std::vector<std::pair<int, std::string>> commands{
        {1, "--help"},
        {1, "help"},
        {1, ""},
        {1, "no-such-command"},
        {1, "pretrain --no-such-option 1"},
        {1, "pretrain --data FOLDER/signs.h5"},
        {1, "evaluate --run FOLDER/none"},
        {1, "boundary work --study FOLDER/none"},
        {1, "study run --study FOLDER/none.ini"},
        {1, "prepare --from synthetic --output FOLDER/signs.h5"},
        {1, "inspect FOLDER/signs.h5"},
        {1, "inspect FOLDER/none.h5"},
        {1, "inspect FOLDER/text.h5"},
        {1, "pretrain --data FOLDER/none.h5 --run FOLDER/r"},
        {2, "pretrain" + data + "FOLDER/a --fault 1:2:throw"},
        {1, "pretrain" + data + "FOLDER/b --fault 0:2:nan"},
        {2, "pretrain" + data + "FOLDER/c --fault 1:2:sigterm"},
        {1, "pretrain" + data + "FOLDER/c"},
        {1, "pretrain" + data + "FOLDER/c"},
        {1, "pretrain" + data + "FOLDER/c --width 16"},
        {1, "embed --run FOLDER/c --checkpoint FOLDER/text.h5 --output FOLDER/f.h5"},
    };
    std::string text;
    for (const auto& [ranks, command] : commands) {
        auto arguments = command;
        for (auto at = arguments.find("FOLDER"); at != std::string::npos; at = arguments.find("FOLDER")) {
            arguments.replace(at, 6, folder_.string());
        }
        auto shown = command;
        if (const auto at = shown.find(data); at != std::string::npos) {
            shown.replace(at, data.size(), " ... --run ");
        }
        text += std::to_string(run(program(ranks, arguments)).exit_code) + "  " +
                (ranks == 1 ? "" : "mpirun -n 2 ") + "sslslr" + (shown.empty() ? "" : " ") + shown + '\n';
    }

    expect_frozen("exit_codes", text);
}

TEST_F(Frozen, StoresAndImports) {
    const std::string corpora = SSLSLR_SOURCE_DIR "/tests/io/corpus/fixtures/";
    done("prepare --from synthetic --clips 16 --signers 2 --output signs.h5");
    done("prepare --from asl-citizen --input " + corpora + "asl_citizen --metadata " + corpora +
         "asl_citizen/splits --licence CC0 --language ASL --source here --output citizen.h5");
    done("repack citizen.h5 --output repacked.h5");
    done("split signs.h5 --by signer --output split.h5");
    done("split signs.h5 --by signer --separate parts");
    done("merge signs.h5 citizen.h5 --output merged.h5");
    fs::copy(corpora + "asl_citizen", folder_ / "broken", fs::copy_options::recursive);
    fs::resize_file(folder_ / "broken/0042-HELLO.npy", 100);
    const auto broken = "prepare --from asl-citizen --input " + path("broken") + " --metadata " +
                        path("broken/splits") + " --output " + path("unfinished.h5");
    EXPECT_EQ(run(program(1, broken + " --strict")).exit_code, 3);
    auto files = files_in(folder_);
    std::erase_if(files, [](const auto& name) { return name.starts_with("broken"); });
    done(broken);
    FrozenNames summaries;
    for (const std::string store : {"citizen.h5", "unfinished.h5"}) {
        summaries.add_all(keys_of(json_in(folder_ / (store + ".summary.json")), {"splits", "repairs"}),
                          store);
    }
    const std::set<std::string> names_of_data{"[].labels", "[].signers", "[].splits", "[].splits.*.labels",
                                              "[].splits.*.signers"};
    FrozenNames described;
    for (const std::string store : {"signs.h5", "citizen.h5", "repacked.h5", "split.h5", "merged.h5"}) {
        described.add_all(keys_of(json("inspect " + store), names_of_data), store);
    }
    FrozenNames contents;
    for (const std::string store :
         {"signs.h5", "citizen.h5", "repacked.h5", "split.h5", "merged.h5", "parts/signer-signer-1.h5"}) {
        contents.add_all(contents_of(folder_ / store), store.substr(store.find('/') + 1));
    }

    expect_frozen(
        "stores",
        list("files of prepare, split, repack, merge, and of an import that --strict refused", files) +
            contents.text("what is in a store") + summaries.text("STORE.summary.json") +
            described.text("inspect STORE --json"));
}

}  // namespace
}  // namespace sslslr::test
