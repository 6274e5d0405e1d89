#pragma once

#include "sweep/workload_catalogue.hpp"

namespace tidemark::sweep {

/// A `train` and a `train-pytorch` that are like the real ones, and need no LibTorch. They differ in the
/// range and default of `epochs` and `workers`, and in `allocator`.
inline WorkloadCatalogue example_workloads() {
    using protocol::ParameterType;
    using protocol::Unit;
    const auto integer = [](const char* name, std::int64_t value, double least, double most) {
        protocol::ParameterDescription parameter;
        parameter.name = name;
        parameter.type = ParameterType::Integer;
        parameter.default_value = value;
        parameter.minimum = least;
        parameter.maximum = most;
        return parameter;
    };
    protocol::WorkloadDescription train;
    train.workload = "train";
    train.program = "/example/tidemark-train";
    train.build_id = "b1";
    protocol::ParameterDescription model;
    model.name = "model";
    model.type = ParameterType::Choice;
    model.default_value = std::string("h2q");
    model.choices = {"h2q", "baseline"};
    protocol::ParameterDescription rate;
    rate.name = "lr";
    rate.type = ParameterType::Number;
    rate.default_value = 1e-3;
    rate.minimum = 0;
    protocol::ParameterDescription folder;
    folder.name = "data_dir";
    folder.type = ParameterType::Path;
    protocol::ParameterDescription dataset;
    dataset.name = "dataset";
    dataset.type = ParameterType::Choice;
    dataset.default_value = std::string("synthetic");
    dataset.choices = {"synthetic", "cifar10"};
    dataset.needs["cifar10"]["data_dir"] = "say where it is";
    protocol::ParameterDescription flag;
    flag.name = "augment";
    flag.type = ParameterType::Boolean;
    flag.default_value = true;
    protocol::ParameterDescription drop = flag;
    drop.name = "drop_last";
    drop.default_value = false;
    protocol::ParameterDescription allocator;
    allocator.name = "allocator";
    allocator.type = ParameterType::Choice;
    allocator.default_value = std::string("glibc");
    allocator.choices = {"glibc", "tcmalloc"};
    allocator.environment["tcmalloc"]["LD_PRELOAD"] = "libtcmalloc.so.4";
    protocol::ParameterDescription decay = rate;
    decay.name = "weight_decay";
    train.parameters = {model,
                        folder,
                        dataset,
                        integer("batch_size", 128, 1, 65536),
                        integer("accumulation", 1, 1, 65536),
                        integer("workers", 0, 0, 256),
                        integer("epochs", 10, 1, 100000),
                        integer("seed", 1, 0, 1e9),
                        rate,
                        decay,
                        flag,
                        drop,
                        allocator};
    protocol::ParameterDescription formulation = allocator;
    formulation.name = "formulation";
    formulation.default_value = std::string("plain");
    formulation.choices = {"plain", "lean"};
    formulation.environment.clear();
    train.parameters.insert(train.parameters.begin() + 1, {integer("depth", 4, 1, 5), formulation});
    train.models = {{"h2q", "H2Q", "", {}, {{"depth"}, {"formulation"}}}, {"baseline", "", "", {}, {}}};
    train.metrics = {{"accuracy", Unit::Fraction, "", true}, {"loss", Unit::None, "", false}};
    protocol::WorkloadDescription pytorch = train;
    pytorch.workload = "train-pytorch";
    pytorch.program = "/example/train_cifar10.py";
    pytorch.build_id = "p1";
    pytorch.parameters.pop_back();  // it does not know `allocator`
    for (protocol::ParameterDescription& parameter : pytorch.parameters) {
        if (parameter.name == "epochs") parameter = integer("epochs", 3, 1, 20);
        if (parameter.name == "workers") parameter = integer("workers", 2, 0, 4);
    }
    WorkloadCatalogue workloads;
    workloads.add(train);
    workloads.add(pytorch);
    return workloads;
}

}  // namespace tidemark::sweep
